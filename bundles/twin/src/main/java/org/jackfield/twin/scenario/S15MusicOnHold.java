package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipMessage;

/**
 * Music on hold by a Teams client: the call is transferred to a player by REFER and fetched back by INVITE with Replaces
 * (direct-routing 6.1).
 */
final class S15MusicOnHold implements Scenario {
    private static final long RETURN_MS = 4_000;

    @Override
    public String id() {
        return "S15";
    }

    @Override
    public String title() {
        return "Music on hold: REFER to a player, return by INVITE with Replaces within 4 s";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-62", "DR-65");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outboundUp();
        long begun = System.nanoTime();
        Transfer hold = stage.refer(
                call.teams(), "sip:sip.pstnhub.microsoft.com:5061;transport=tls;x-m=28:orgid:" + stage.uuid());
        Part player = hold.triggered();
        player.accept();
        player.confirmed();
        int told = Transfer.status(hold.notified(200));
        int left = hold.leaves();
        SipMessage music = call.acd().next("INVITE");
        stage.that(
                "DR-62",
                told == 200
                        && left == 200
                        && music.bodyText().contains(player.media().line()),
                "on hold: NOTIFY says " + told + ", the old leg ends (" + left + "), the ACD hears "
                        + (music.bodyText().contains(player.media().line()) ? "the player" : "something else"),
                "the caller hears the player");
        Part back = stage.teamsReplaces(player, "");
        back.accepted();
        long took = (System.nanoTime() - begun) / 1_000_000;
        SipMessage speech = call.acd().next("INVITE");
        player.next("BYE");
        stage.that(
                "DR-65",
                took < RETURN_MS
                        && speech.bodyText().contains(back.media().line())
                        && !call.acd().kinds().contains("BYE"),
                "resumed " + took + " ms after the hold: the player gets BYE, the ACD hears "
                        + (speech.bodyText().contains(back.media().line()) ? "Teams" : "something else"),
                "back within 4000 ms, the same call at the ACD");
        back.hangUp();
        call.acd().next("BYE");
    }
}
