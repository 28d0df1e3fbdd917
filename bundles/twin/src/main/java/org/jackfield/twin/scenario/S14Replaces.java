package org.jackfield.twin.scenario;

import java.util.List;
import java.util.Map;
import org.jackfield.protocol.sip.Reason;
import org.jackfield.protocol.sip.SipMessage;

/** INVITE with Replaces from Teams (direct-routing 7.5; RFC 3891 section 3). */
final class S14Replaces implements Scenario {
    @Override
    public String id() {
        return "S14";
    }

    @Override
    public String title() {
        return "INVITE with Replaces: a confirmed dialog, one that is too far for early-only, an early one, an unknown one";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-36", "DR-65");
    }

    @Override
    public Map<String, String> later() {
        return Map.of("DR-66", "a dialog of another tenant comes with tenants; until then every unknown one gets 481");
    }

    @Override
    public void play(Stage stage) {
        confirmed(stage);
        early(stage);
        int unknown = stage.teamsReplaces("nobody-" + stage.uuid(), "a", "b", "")
                .answered()
                .status();
        stage.that("DR-65", unknown == 481, "Replaces that names an unknown dialog is answered " + unknown, "481");
    }

    private static void confirmed(Stage stage) {
        Stage.Call call = stage.outboundUp();
        int late = stage.teamsReplaces(call.teams(), ";early-only").answered().status();
        stage.that("DR-65", late == 486, "early-only on a confirmed dialog is answered " + late, "486");
        Part fresh = stage.teamsReplaces(call.teams(), "");
        SipMessage ok = fresh.accepted();
        SipMessage moved = call.acd().next("INVITE");
        call.teams().next("BYE");
        stage.that(
                "DR-65",
                moved.bodyText().contains(fresh.media().line())
                        && ok.bodyText().contains(call.acd().media().line())
                        && !call.acd().kinds().contains("BYE"),
                "a confirmed dialog: 200 with "
                        + (ok.bodyText().contains(call.acd().media().line()) ? "the ACD's" : "other")
                        + " media, the ACD got "
                        + (moved.bodyText().contains(fresh.media().line()) ? "the newcomer's" : "other")
                        + " media, the old leg BYE",
                "200, media moved, BYE of the old dialog");
        fresh.hangUp();
        call.acd().next("BYE");
    }

    private static void early(Stage stage) {
        Stage.Call call = stage.outbound();
        call.teams().ring(180);
        call.acd().next(180);
        Part fresh = stage.teamsReplaces(call.teams(), ";early-only");
        fresh.accepted();
        SipMessage cancel = call.teams().next("CANCEL");
        SipMessage ok = call.acd().accepted();
        stage.that(
                "DR-65",
                ok.bodyText().contains(fresh.media().line()),
                "an early dialog: the newcomer gets 200, the ACD 200 with "
                        + (ok.bodyText().contains(fresh.media().line()) ? "the newcomer's" : "other") + " media",
                "the newcomer takes the call that rings");
        stage.that(
                "DR-36",
                Reason.of(cancel).stream().anyMatch(Reason::answeredElsewhere),
                "the phone that rang gets CANCEL with " + cancel.all(org.jackfield.protocol.sip.SipHeader.REASON),
                "SIP;cause=200");
        fresh.hangUp();
        call.acd().next("BYE");
    }
}
