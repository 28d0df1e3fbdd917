package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipMessage;

/** The host's ACK, and an ACK or a BYE of Teams that comes late or never (direct-routing 3.3; RFC 3261 13.3.1.4, 15). */
final class S17AckAndBye implements Scenario {
    private static final String MISSING = "RFC 3261 13.3.1.4";
    private static final String LATE = "RFC 3261 15";
    private static final String LOST = "RFC 3261 12.2.1.2";
    /** 64 times T1, and some more. */
    private static final long GIVE_UP_MS = 40_000;

    @Override
    public String id() {
        return "S17";
    }

    @Override
    public String title() {
        return "The host's ACK by Route within 4 s; Teams' ACK late or never; a lost BYE (takes half a minute)";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-24", "DR-25", MISSING, LATE, LOST);
    }

    @Override
    public void play(Stage stage) {
        Stage.Call never = unacknowledged(stage);
        ours(stage);
        late(stage);
        lost(stage);
        never.acd().next("BYE", GIVE_UP_MS);
        never.teams().next("BYE", GIVE_UP_MS);
        stage.that(
                MISSING,
                never.teams().millisTo("BYE") > 25_000,
                "Teams never acknowledges: both sides get BYE after "
                        + never.teams().millisTo("BYE") / 1000 + " s",
                "BYE after 64 times T1, 32 s");
    }

    /** An answered call whose 200 Teams does not acknowledge. */
    private static Stage.Call unacknowledged(Stage stage) {
        Stage.Call call = stage.inbound();
        call.teams().holdAck();
        call.acd().accept();
        call.teams().accepted();
        call.acd().confirmed();
        return call;
    }

    private static void ours(Stage stage) {
        Stage.Call call = stage.outbound();
        call.teams().accept();
        call.acd().accepted();
        SipMessage ack = call.teams().next("ACK");
        stage.clean(
                "DR-24",
                "the ACK has Request-URI " + ack.requestUri() + " and came by Route "
                        + ack.all(org.jackfield.protocol.sip.SipHeader.ROUTE) + ", not to port 443");
        long took = call.teams().millisTo("ACK");
        stage.that("DR-25", took < 4_000, "the ACK came " + took + " ms after the INVITE", "within 4000 ms of the 200");
        call.acd().hangUp();
        call.teams().next("BYE");
    }

    private static void late(Stage stage) {
        Stage.Call call = unacknowledged(stage);
        int answer = call.acd().hangUp();
        boolean early = call.teams().kinds().contains("BYE");
        call.teams().acknowledge();
        call.teams().next("BYE");
        stage.that(
                LATE,
                answer == 200 && !early,
                "the ACD hangs up before Teams has acknowledged (" + answer + "): Teams gets BYE "
                        + (early ? "before" : "after") + " its ACK",
                "no BYE from who answered before the ACK has come");
    }

    private static void lost(Stage stage) {
        Stage.Call call = stage.inboundUp();
        call.teams().forget();
        int status = call.acd().change(call.acd().media().with("inactive")).status();
        call.acd().next("BYE"); // not raced by a BYE of the ACD: the host ends what Teams does not know
        stage.that(
                LOST,
                status == 481,
                "Teams' BYE was lost: the ACD's re-INVITE is answered " + status + ", and the ACD gets BYE",
                "481, and BYE");
    }
}
