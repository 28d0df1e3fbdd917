package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipMessage;

/** Hold from both sides, and re-INVITEs that cross (direct-routing 6.1, 6.2; RFC 3261 section 14). */
final class S10Hold implements Scenario {
    @Override
    public String id() {
        return "S10";
    }

    @Override
    public String title() {
        return "Hold and resume, sendonly and 0.0.0.0 from the ACD, media that moves, re-INVITEs that cross";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-51", "DR-52", "DR-53");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outboundUp();
        hold(stage, call, call.acd().media().with("sendonly"), "a=sendonly");
        resume(stage, call);
        hold(stage, call, call.acd().media().with("0.0.0.0", "sendrecv", 0), "c=0.0.0.0");
        resume(stage, call);
        byTeams(stage, call);
        moved(stage, call);
        glare(stage, call);
        call.acd().hangUp();
        call.teams().next("BYE");
    }

    private static void hold(Stage stage, Stage.Call call, String offer, String how) {
        int status = call.acd().change(offer).status();
        String seen = call.teams().next("INVITE").bodyText();
        stage.that(
                "DR-51",
                status == 200
                        && seen.contains("a=inactive")
                        && seen.contains("c=IN IP4 127.0.0.1")
                        && !seen.contains("0.0.0.0")
                        && !seen.contains("a=send")
                        && !seen.contains("a=recvonly"),
                "the ACD holds by " + how + " (" + status + "), and Teams gets " + told(seen),
                "a=inactive with a real address");
    }

    private static void resume(Stage stage, Stage.Call call) {
        int status = call.acd().change(call.acd().media().flowing()).status();
        String seen = call.teams().next("INVITE").bodyText();
        stage.that(
                "DR-52",
                status == 200
                        && seen.contains("a=sendrecv")
                        && seen.contains(call.acd().media().line()),
                "the ACD resumes (" + status + "), and Teams gets " + told(seen),
                "a=sendrecv with the port of before");
    }

    private static void byTeams(Stage stage, Stage.Call call) {
        int held = call.teams().change(call.teams().media().with("inactive")).status();
        String seen = call.acd().next("INVITE").bodyText();
        int resumed = call.teams().change(call.teams().media().flowing()).status();
        String after = call.acd().next("INVITE").bodyText();
        stage.that(
                "DR-52",
                held == 200 && resumed == 200 && seen.contains("a=inactive") && after.contains("a=sendrecv"),
                "Teams holds (" + held + "), the ACD gets " + told(seen) + "; Teams resumes (" + resumed
                        + "), the ACD gets " + told(after),
                "inactive, then sendrecv");
    }

    private static void moved(Stage stage, Stage.Call call) {
        long before = call.teams().count("INVITE");
        int status = call.acd()
                .change(call.acd().media().with("127.0.0.1", "sendrecv", 1_000))
                .status();
        stage.that(
                "DR-52",
                status == 488 && call.teams().count("INVITE") == before,
                "the ACD moves its media target: " + status + ", and Teams got "
                        + (call.teams().count("INVITE") - before) + " re-INVITEs",
                "488, and nothing to Teams, which does not follow");
    }

    private static void glare(Stage stage, Stage.Call call) {
        call.teams().keep("INVITE");
        Part.Answer crossing = call.acd().changing(call.acd().media().with("inactive"), writer -> {});
        call.teams().next("INVITE", "re-INVITE that is kept", any -> true);
        int refused = call.teams().change(call.teams().media().with("inactive")).status();
        stage.that(
                "DR-53", refused == 491, "the host's re-INVITE is on its way when Teams sends one: " + refused, "491");
        call.teams().answerKept("INVITE", 491, "");
        int told = crossing.get().status();
        stage.that("DR-53", told == 491, "Teams answers 491 to the host, and the ACD gets " + told, "491");
        call.teams().keep("");
        SipMessage again = call.acd().change(call.acd().media().flowing());
        call.teams().next("INVITE");
        stage.that("DR-53", again.status() == 200, "the ACD tries again: " + again.status(), "200");
        stage.clean("DR-51", "no re-INVITE to Teams had one-way media");
    }

    private static String told(String sdp) {
        return sdp.lines()
                .filter(line -> line.startsWith("a=in")
                        || line.startsWith("a=send")
                        || line.startsWith("a=recv")
                        || line.startsWith("c=")
                        || line.startsWith("m="))
                .toList()
                .toString();
    }
}
