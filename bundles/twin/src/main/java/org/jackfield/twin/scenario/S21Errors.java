package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.Reason;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.sbc.Microsoft;

/** Every row of the published table of response codes as Teams' answer, and the ACD's own refusals toward Teams (8.2). */
final class S21Errors implements Scenario {
    /**
     * A row.
     *
     * @param code the sub-code as call records show it
     * @param acd what the ACD must get
     */
    private record Row(int status, int cause, String code, String phrase, int acd) {
        static Row same(int status, int cause, String code, String phrase) {
            return new Row(status, cause, code, phrase, status);
        }
    }

    private static final List<Row> ROWS = List.of(
            Row.same(400, 127, "540400", "invalid or unsupported message"),
            Row.same(402, 21, "560402", "downstream carrier"),
            Row.same(403, 21, "510532", "no trunk for the FQDN in Contact in this tenant"),
            Row.same(403, 21, "510534", "caller blocked"),
            Row.same(403, 21, "510559", "no voice route matches"),
            Row.same(403, 21, "510560", "not Enterprise Voice"),
            Row.same(403, 21, "510562", "PSTN not allowed"),
            Row.same(403, 21, "510563", "domestic only"),
            Row.same(403, 21, "10199", "private calling is off for the callee"),
            Row.same(403, 63, "10500", "Current call site state prevents fork to this entity."),
            Row.same(403, 31, "10553", "compliance recorder could not join"),
            Row.same(404, 1, "10202", "the call to be replaced is gone"),
            Row.same(404, 1, "511404", "reverse number lookup failed"),
            new Row(408, 102, "1106", "no ACK for 200", 480),
            new Row(408, 102, "500001", "SBC silent", 480),
            new Row(408, 102, "560408", "SBC sent 408", 480),
            Row.same(410, 22, "531000", "SDP parsing, MediaOfferError"),
            Row.same(410, 22, "531004", "IceConnectivityChecksFailed"),
            Row.same(410, 22, "531005", "media broke during the call"),
            Row.same(412, 28, "510412", "malformed callee number"),
            Row.same(415, 79, "540415", "media type"),
            new Row(420, 127, "560420", "bad extension", 500),
            Row.same(422, 127, "540422", "session interval too small"),
            Row.same(480, 31, "10037", "No callee endpoints were found."),
            Row.same(480, 31, "10140", "bot"),
            Row.same(480, 31, "10191", "voicemail disabled in policy"),
            Row.same(484, 28, "560484", "incomplete number"),
            Row.same(486, 17, "10321", "busy"),
            Row.same(487, 31, "540200", "completed elsewhere"),
            Row.same(488, 65, "531000", "no common media"),
            Row.same(488, 65, "531027", "no ICE candidates in bypass"),
            Row.same(500, 41, "510482", "forwarding loop"),
            Row.same(500, 41, "510544", "no trunk config"),
            Row.same(503, 41, "10320", "bot unreachable"),
            Row.same(503, 41, "540998", "proxy draining"),
            Row.same(503, 41, "560503", "SBC sent 503"),
            new Row(504, 102, "549002", "TLS to the SBC not connected", 480),
            new Row(504, 102, "549018", "invalid request line", 480),
            new Row(504, 102, "569002", "refused", 480),
            new Row(504, 102, "569003", "time-out", 480),
            new Row(504, 102, "569008", "TLS failure", 480),
            new Row(504, 102, "569009", "certificate expired", 480),
            new Row(504, 102, "569015", "FQDN unknown in DNS", 480),
            new Row(504, 102, "569016", "no A record", 480),
            new Row(504, 102, "569018", "invalid response line", 480),
            Row.same(600, 17, "", "busy everywhere"),
            Row.same(603, 21, "", "declined"));

    /** What the ACD refuses with, what Teams must get, and with which cause. */
    private record Own(int acd, int teams, int cause) {}

    private static final List<Own> OWN = List.of(
            new Own(486, 486, 17),
            new Own(600, 600, 17),
            new Own(603, 603, 21),
            new Own(404, 404, 1),
            new Own(484, 484, 28),
            new Own(480, 480, 18),
            new Own(408, 480, 102),
            new Own(504, 480, 102));

    @Override
    public String id() {
        return "S21";
    }

    @Override
    public String title() {
        return "Every row of the error table as Teams' answer, and the ACD's refusals toward Teams";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-39", "DR-43", "DR-44", "DR-69", "DR-70", "DR-71");
    }

    @Override
    public void play(Stage stage) {
        int again = 0;
        int guids = 0;
        for (Row row : ROWS) {
            Stage.Call call = stage.outbound();
            String caller = call.acd().invite().first(SipHeader.FROM);
            Stage.Expected second = stage.expectAtTeams(
                    "a second INVITE", leg -> String.valueOf(caller).contains(leg.fromUser()));
            String reason = Microsoft.reason(row.cause(), stage.uuid(), row.phrase());
            call.teams().refuse(row.status(), writer -> writer.add(SipHeader.REASON, reason));
            SipMessage told = call.acd().answered();
            boolean kept = reason.equals(told.first(SipHeader.REASON));
            again += second.ended() ? 1 : 0;
            guids += kept ? 1 : 0;
            stage.that(
                    "DR-70",
                    told.status() == row.acd() && Reason.of(told, "Q.850") != null,
                    row.status() + (row.code().isEmpty() ? "" : "/" + row.code()) + " (" + row.phrase()
                            + "): the ACD got " + told.status() + " with " + told.all(SipHeader.REASON),
                    row.acd() + " with a Q.850 cause");
        }
        stage.that(
                "DR-39",
                again == 0,
                ROWS.size() + " refusals, " + again + " tried again",
                "every one is final: told to the ACD and not tried elsewhere");
        stage.that(
                "DR-71",
                guids == ROWS.size(),
                guids + " of " + ROWS.size() + " refusals kept guid and phrase of Reason byte for byte",
                "all");
        for (Own own : OWN) {
            refusedByAcd(stage, own);
        }
    }

    private static void refusedByAcd(Stage stage, Own own) {
        Stage.Call call = stage.inbound();
        call.acd().refuse(own.acd(), writer -> {});
        SipMessage told = call.teams().answered();
        Reason reason = Reason.of(told, "Q.850");
        int said = reason == null ? -1 : reason.cause();
        String observed = "the ACD refuses with " + own.acd() + ": Teams got " + told.status() + " with cause " + said;
        stage.that("DR-69", said == own.cause(), observed, "cause " + own.cause());
        boolean busyOrDeclined = own.cause() == 17 || own.cause() == 21;
        stage.that(
                busyOrDeclined ? "DR-43" : "DR-44",
                told.status() == own.teams() && said != 34,
                observed,
                own.teams() + (busyOrDeclined ? ", never cause 34" : ", never 408, 503 or 504"));
    }
}
