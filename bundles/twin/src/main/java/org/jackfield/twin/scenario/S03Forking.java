package org.jackfield.twin.scenario;

import java.util.List;
import java.util.Set;
import org.jackfield.protocol.sip.SipMessage;

/** Several clients of one Teams user ring, one after the other, and one of them answers (direct-routing 4.3, 4.4). */
final class S03Forking implements Scenario {
    @Override
    public String id() {
        return "S03";
    }

    @Override
    public String title() {
        return "INVITE to Teams: 180 of one client, 180 of another, 183 with SDP of a third, 200 of the second";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-33", "DR-34");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outbound();
        stage.judgeInvite(call.teams(), false);
        call.teams().ring(180, "a", "");
        SipMessage first = call.acd().next(180);
        call.teams().ring(180, "b", "");
        SipMessage second = call.acd().next(180);
        String early = call.teams().media().with("sendonly");
        call.teams().ring(183, "c", early);
        SipMessage third = call.acd().next(183);
        Set<String> tags = new java.util.LinkedHashSet<>();
        for (SipMessage each : List.of(first, second, third)) {
            tags.add(String.valueOf(each.toTag()));
        }
        stage.that(
                "DR-33",
                tags.size() == 3 && !call.teams().kinds().contains("CANCEL"),
                "three forks came to the ACD with " + tags.size() + " tags, and Teams got "
                        + call.teams().kinds(),
                "three early dialogs, none of them torn down");
        String answer = call.teams().media().flowing();
        call.teams().accept("b", answer);
        SipMessage ok = call.acd().accepted();
        call.teams().confirmed();
        stage.that(
                "DR-34",
                ok.bodyText().equals(answer)
                        && String.valueOf(ok.toTag()).equals(second.toTag())
                        && third.bodyText().equals(early),
                "the 200 has the tag of " + (String.valueOf(ok.toTag()).equals(second.toTag()) ? "the fork" : "no fork")
                        + " that answered and " + (ok.bodyText().equals(answer) ? "its" : "another") + " SDP",
                "tag and SDP of the fork that answered");
        call.acd().hangUp();
        call.teams().next("BYE");
    }
}
