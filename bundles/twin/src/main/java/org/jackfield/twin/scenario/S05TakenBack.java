package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.Reason;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;

/** Calls that are taken back: answered elsewhere, given up, and by Teams itself (direct-routing 4.5). */
final class S05TakenBack implements Scenario {
    private static final String ELSEWHERE = "SIP;cause=200;text=\"Call completed elsewhere\"";

    @Override
    public String id() {
        return "S05";
    }

    @Override
    public String title() {
        return "INVITE answered elsewhere: CANCEL with Reason; caller gives up: CANCEL without; Teams gives up";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-36", "DR-50");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call elsewhere = ringing(stage);
        elsewhere.acd().cancel(writer -> writer.add(SipHeader.REASON, ELSEWHERE));
        SipMessage cancel = elsewhere.teams().next("CANCEL");
        Reason reason = Reason.of(cancel, "SIP");
        stage.that(
                "DR-36",
                reason != null && reason.answeredElsewhere() && reason.text().equals("Call completed elsewhere"),
                "another agent answered: the CANCEL to Teams has Reason " + cancel.all(SipHeader.REASON),
                ELSEWHERE);
        int answer = elsewhere.acd().answered().status();
        Stage.Call abandoned = ringing(stage);
        abandoned.acd().cancel(writer -> {});
        SipMessage plain = abandoned.teams().next("CANCEL");
        stage.that(
                "DR-36",
                Reason.of(plain).stream().noneMatch(Reason::answeredElsewhere),
                "the caller gave up: the CANCEL to Teams has Reason " + plain.all(SipHeader.REASON),
                "none that says completed elsewhere");
        int second = abandoned.acd().answered().status();
        stage.that(
                "DR-50",
                answer == 487 && second == 487,
                "the ACD's INVITEs that it took back were answered " + answer + " and " + second,
                "487");
        Stage.Call inbound = stage.inbound();
        inbound.acd().ring(180);
        inbound.teams().next(180);
        inbound.teams().cancel(writer -> {});
        inbound.acd().next("CANCEL");
        int third = inbound.teams().answered().status();
        stage.that(
                "DR-50",
                third == 487,
                "Teams took its INVITE back: the ACD got CANCEL, and Teams " + third,
                "CANCEL to the ACD, 487 to Teams");
    }

    private static Stage.Call ringing(Stage stage) {
        Stage.Call call = stage.outbound();
        call.teams().ring(180);
        call.acd().next(180);
        return call;
    }
}
