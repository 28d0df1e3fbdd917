package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.sbc.Microsoft;

/** The target of a transfer is busy, does not answer, or is not there any more (direct-routing 7.4). */
final class S13ReferFails implements Scenario {
    private record Failure(int status, int cause, String phrase, boolean rings) {}

    private static final List<Failure> FAILURES = List.of(
            new Failure(486, 17, "Busy", false),
            new Failure(480, 18, "No answer", true),
            new Failure(404, 1, "10202 the call to be replaced is gone", false));

    @Override
    public String id() {
        return "S13";
    }

    @Override
    public String title() {
        return "REFER whose target is busy, does not answer, is gone (404/10202)";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-61", "DR-62");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outboundUp();
        for (Failure failure : FAILURES) {
            Transfer transfer = stage.refer(call.teams(), stage.teamsUser());
            Part fresh = transfer.triggered();
            if (failure.rings()) {
                fresh.ring(180);
                transfer.notified(180);
            }
            String reason = Microsoft.reason(failure.cause(), stage.uuid(), failure.phrase());
            fresh.refuse(failure.status(), writer -> writer.add(SipHeader.REASON, reason));
            SipMessage last = transfer.notified(failure.status());
            String state = String.valueOf(last.first(SipHeader.SUBSCRIPTION_STATE));
            stage.that(
                    "DR-61",
                    state.startsWith("terminated") && state.contains("noresource"),
                    "the last NOTIFY says " + failure.status() + " and " + state,
                    "terminated;reason=noresource");
            int alive = call.teams().change(call.teams().media().flowing()).status();
            call.acd().next("INVITE");
            boolean ended =
                    call.acd().kinds().contains("BYE") || call.teams().kinds().contains("BYE");
            stage.that(
                    "DR-62",
                    alive == 200 && !ended,
                    failure.status() + " (" + failure.phrase() + "): the old call " + (ended ? "was ended" : "goes on")
                            + ", a re-INVITE in it is answered " + alive,
                    "the old call stays and is resumed");
        }
        call.teams().hangUp();
        call.acd().next("BYE");
    }
}
