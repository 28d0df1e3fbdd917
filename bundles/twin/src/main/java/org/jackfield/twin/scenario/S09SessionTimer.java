package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SessionTimer;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;

/** Session timers (RFC 4028) with the shortest interval there may be, 90 s: who refreshes, and what if nobody does. */
final class S09SessionTimer implements Scenario {
    private static final int SHORTEST = 90;
    private static final long REFRESH_MS = 50_000;
    private static final long EXPIRY_MS = 70_000;

    @Override
    public String id() {
        return "S09";
    }

    @Override
    public String title() {
        return "Session timers: 422, refresh by Teams, refresh by the host, nobody refreshes (takes a minute)";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-48");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call ours = timed(stage, SHORTEST + ";refresher=uas");
        Stage.Call nobodys = timed(stage, SHORTEST + ";refresher=uac");
        tooSmall(stage);
        byTeams(stage);
        byTheHost(stage, ours);
        byNobody(stage, nobodys);
    }

    private static Stage.Call timed(Stage stage, String expires) {
        return stage.up(stage.inbound(stage.invitation()
                .untimed(
                        writer -> writer.add(SipHeader.SESSION_EXPIRES, expires).add(SipHeader.SUPPORTED, "timer"))));
    }

    private static void tooSmall(Stage stage) {
        SipMessage no = stage.teamsCalls(stage.invitation()
                        .untimed(writer ->
                                writer.add(SipHeader.SESSION_EXPIRES, 60).add(SipHeader.SUPPORTED, "timer")))
                .answered();
        long least = SessionTimer.least(no);
        stage.that(
                "DR-48",
                no.status() == 422 && no.has(SipHeader.MIN_SE),
                "Session-Expires 60 is answered " + no.status() + " with Min-SE " + no.first(SipHeader.MIN_SE),
                "422 with Min-SE");
        Stage.Call again = timed(stage, String.valueOf(least));
        stage.that("DR-48", again.teams().up(), "with Session-Expires " + least + " the same call is taken", "");
        again.teams().hangUp();
        again.acd().next("BYE");
    }

    private static void byTeams(Stage stage) {
        Stage.Call call = stage.inbound();
        call.acd().accept();
        SipMessage ok = call.teams().accepted();
        call.acd().confirmed();
        SessionTimer agreed = SessionTimer.of(ok);
        stage.that(
                "DR-48",
                agreed != null && agreed.seconds() == 3_600 && "uac".equals(agreed.refresher()),
                "Session-Expires 3600 is agreed as " + ok.first(SipHeader.SESSION_EXPIRES),
                "3600;refresher=uac");
        SipMessage refreshed = call.teams()
                .change(
                        call.teams().invite().bodyText(),
                        writer -> writer.add(SipHeader.SESSION_EXPIRES, "3600;refresher=uac")
                                .add(SipHeader.SUPPORTED, "timer"));
        call.teams().hangUp();
        call.acd().next("BYE");
        stage.that(
                "DR-48",
                refreshed.status() == 200
                        && refreshed.bodyText().equals(ok.bodyText())
                        && refreshed.has(SipHeader.SESSION_EXPIRES)
                        && call.acd().count("INVITE") == 0,
                "Teams' refresh with the same SDP is answered " + refreshed.status() + " with "
                        + (refreshed.bodyText().equals(ok.bodyText()) ? "the same" : "another")
                        + " SDP, and the ACD saw " + call.acd().kinds(),
                "200, the same SDP, Session-Expires, and no media of the ACD touched");
    }

    private static void byTheHost(Stage stage, Stage.Call call) {
        SipMessage refresh = call.teams().next("INVITE", REFRESH_MS);
        stage.that(
                "DR-48",
                refresh.has(SipHeader.SESSION_EXPIRES) && call.acd().count("INVITE") == 0,
                "the host, told to refresh, does so after "
                        + call.teams().millisTo("INVITE") / 1000 + " s of 90 with Session-Expires "
                        + refresh.first(SipHeader.SESSION_EXPIRES),
                "a re-INVITE with Session-Expires at half of the interval");
        call.teams().hangUp();
        call.acd().next("BYE");
    }

    private static void byNobody(Stage stage, Stage.Call call) {
        call.teams().next("BYE", EXPIRY_MS);
        call.acd().next("BYE");
        long after = call.teams().millisTo("BYE") / 1000;
        stage.that(
                "DR-48",
                after >= 55 && after < SHORTEST,
                "nobody refreshes: both sides get BYE after " + after + " s of 90",
                "BYE a third of the interval before its end");
    }
}
