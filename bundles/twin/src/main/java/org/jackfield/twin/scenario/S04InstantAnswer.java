package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipMessage;

/** A voice application answers at once (direct-routing 4.3); that it is flagged as one is told on the bus. */
final class S04InstantAnswer implements Scenario {
    @Override
    public String id() {
        return "S04";
    }

    @Override
    public String title() {
        return "INVITE to Teams: 200 at once, as mailbox, auto attendant and call queue do";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-31", "DR-32", "DR-38");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outbound();
        stage.judgeInvite(call.teams(), false);
        stage.that(
                "DR-31",
                call.teams().invite().bodyText().startsWith("v=0"),
                "the INVITE to Teams has a body of " + call.teams().invite().body().length + " bytes",
                "an SDP offer");
        String name = call.teams().invite().first("X-MS-SBC");
        stage.that("DR-32", name != null, "X-MS-SBC is " + name, "the name of the host");
        String answer = call.teams().media().flowing();
        call.teams().accept("", answer);
        SipMessage ok = call.acd().accepted();
        call.teams().confirmed();
        stage.that(
                "DR-38",
                ok.bodyText().equals(answer) && call.acd().millisTo("180", "183") < 0,
                "the ACD got the 200 after " + call.acd().millisTo("200") + " ms and before it "
                        + call.acd().kinds().subList(0, call.acd().kinds().size() - 1),
                "the 200 with Teams' SDP and no ringing that nobody did");
        call.teams().hangUp();
        call.acd().next("BYE");
    }
}
