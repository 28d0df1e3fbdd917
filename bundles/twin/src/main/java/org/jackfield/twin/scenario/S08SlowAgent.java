package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipMessage;

/** The ACD says nothing for 9 s: Teams must not take the trunk for dead meanwhile (direct-routing 5.3). */
final class S08SlowAgent implements Scenario {
    private static final long ANSWER_MS = 9_000;
    private static final long FAILOVER_MS = 8_000;

    @Override
    public String id() {
        return "S08";
    }

    @Override
    public String title() {
        return "The ACD neither rings nor answers for 9 s";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-40");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.inbound();
        call.acd().acceptLater(ANSWER_MS);
        SipMessage ok = call.teams().accepted(ANSWER_MS + 5_000);
        call.acd().confirmed();
        long first = call.teams().millisTo("100", "180", "183");
        long ringing = call.teams().millisTo("180", "183");
        stage.that(
                "DR-40",
                first >= 0 && first < 200 && ringing >= 0 && ringing < FAILOVER_MS,
                "Teams heard something after " + first + " ms, "
                        + (ringing < 0 ? "no ringing" : "ringing after " + ringing + " ms") + " and " + ok.status()
                        + " after " + call.teams().millisTo("200") + " ms",
                "100, 180 or 183 within 200 ms, 180 or 183 within 8000 ms, 200 when the agent answers");
        call.teams().hangUp();
        call.acd().next("BYE");
    }
}
