package org.jackfield.acd.asterisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.AgentEvents.StateResult;
import org.jackfield.event.AgentState;
import org.jackfield.event.Event;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentsTest {
    @TempDir
    Path folder;

    @Test
    void firstSnapshotTellsEveryAgent() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            assertThat(rig.of("anna")).singleElement().satisfies(changed -> {
                assertThat(changed.state()).isEqualTo(AgentState.READY);
                assertThat(changed.resync()).isTrue();
            });
            assertThat(rig.of("ben").get(0).state()).isEqualTo(AgentState.LOGGED_OFF);
            rig.until(Status.State.UP);
        }
    }

    @Test
    @Conformance("ACD-23")
    void pauseUnpauseRemoveAndAddAreTheFourStates() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.queue("QueueMemberPause", "600", "4711", 1, "lunch", 1);
            StateChanged paused = rig.change("anna", 2);
            assertThat(paused.state()).isEqualTo(AgentState.NOT_READY);
            assertThat(paused.reason()).isEqualTo("lunch");
            assertThat(paused.previous()).isEqualTo(AgentState.READY);
            rig.asterisk.queue("QueueMemberPause", "600", "4711", 0, "", 1);
            assertThat(rig.change("anna", 3).state()).isEqualTo(AgentState.READY);
            rig.asterisk.queue("QueueMemberRemoved", "600", "4711", 0, "", 1);
            assertThat(rig.change("anna", 4).state()).isEqualTo(AgentState.LOGGED_OFF);
            rig.asterisk.queue("QueueMemberAdded", "600", "4711", 1, "", 1);
            assertThat(rig.change("anna", 5).state()).isEqualTo(AgentState.NOT_READY);
        }
    }

    @Test
    @Conformance("ACD-24")
    void wrapUpIsDerivedFromTheQueuesTimeAndEndsInReady() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.queue("QueueMemberStatus", "600", "4711", 0, "", 6);
            rig.asterisk.queue("AgentConnect", "600", "4711", 0, "", 2);
            assertThat(rig.change("anna", 2).state()).isEqualTo(AgentState.BUSY);
            rig.asterisk.queue("QueueMemberStatus", "600", "4711", 0, "", 2);
            rig.asterisk.queue("AgentComplete", "600", "4711", 0, "", 2);
            rig.asterisk.queue("QueueMemberStatus", "600", "4711", 0, "", 1);
            assertThat(rig.change("anna", 3).state()).isEqualTo(AgentState.WORKING_AFTER_CALL);
            assertThat(rig.change("anna", 4).state()).isEqualTo(AgentState.READY);
            Duration wrapUp = Duration.between(recorded(rig, 3), recorded(rig, 4));
            assertThat(wrapUp).isBetween(Duration.ofMillis(700), Duration.ofSeconds(15));
        }
    }

    private static Instant recorded(AmiRig rig, int number) {
        return rig.bus.events().stream()
                .filter(e -> e.data() instanceof StateChanged c && c.agent().equals("anna"))
                .map(Event::recorded)
                .toList()
                .get(number - 1);
    }

    @Test
    void pauseDuringACallIsPendingAndTakesEffectAfterIt() throws IOException {
        try (var rig = new AmiRig(folder, "wrapUp", "600=0s").start()) {
            rig.asterisk.queue("AgentConnect", "600", "4711", 0, "", 2);
            rig.change("anna", 2);
            rig.asterisk.queue("QueueMemberPause", "600", "4711", 1, "meeting", 2);
            StateChanged pending = rig.change("anna", 3);
            assertThat(pending.state()).isEqualTo(AgentState.BUSY);
            assertThat(pending.pending()).isEqualTo(AgentState.NOT_READY);
            rig.asterisk.queue("AgentComplete", "600", "4711", 1, "meeting", 1);
            rig.asterisk.queue("QueueMemberStatus", "600", "4711", 1, "meeting", 1);
            StateChanged after = rig.change("anna", 4);
            assertThat(after.state()).isEqualTo(AgentState.NOT_READY);
            assertThat(after.reason()).isEqualTo("meeting");
        }
    }

    @Test
    void queuesAreFolded() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.queue("QueueMemberAdded", "600", "4712", 1, "", 1);
            assertThat(rig.change("ben", 2).state()).isEqualTo(AgentState.NOT_READY);
            rig.asterisk.queue("QueueMemberAdded", "601", "4712", 0, "", 1);
            StateChanged ready = rig.change("ben", 3);
            assertThat(ready.state()).isEqualTo(AgentState.READY);
            assertThat(ready.groups())
                    .extracting(one -> one.group() + " " + one.state())
                    .containsExactly("600 NOT_READY", "601 READY");
        }
    }

    @Test
    void phoneThatIsNotThereMakesItsAgentNotReady() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.queue("QueueMemberStatus", "600", "4711", 0, "", 5);
            assertThat(rig.change("anna", 2).reason()).isEqualTo("unavailable");
        }
    }

    @Test
    @Conformance("ACD-22")
    void reconnectTellsDifferencesOnlyAndTheGap() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.members.clear();
            rig.asterisk.members.add(TestAsterisk.member("600", "4711", 1, "break", 1));
            rig.asterisk.cut();
            rig.awaitResync(2);
            StateChanged changed = rig.change("anna", 2);
            assertThat(changed.resync()).isTrue();
            assertThat(changed.reason()).isEqualTo("break");
            assertThat(rig.of("ben")).hasSize(1);
            assertThat(rig.event(LinkEvents.Gap.class, gap -> true).lengthMs()).isNotNegative();
            assertThat(rig.bus.data(LinkEvents.Resync.class).get(1).differences())
                    .isEqualTo(1);
            assertThat(rig.bus.data(LinkEvents.Changed.class))
                    .extracting(LinkEvents.Changed::state)
                    .containsExactly("up", "down", "up");
        }
    }

    @Test
    void stateIsAskedForByPauseWithReasonAndByLogIn() throws Exception {
        try (var rig = new AmiRig(folder).start()) {
            var answer = rig.execute(
                            Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.NOT_READY, "TEAMS_DND"))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(answer.outcome()).isEqualTo("done");
            assertThat(rig.asterisk.action("QueuePause"))
                    .containsEntry("Queue", "600")
                    .containsEntry("Interface", "PJSIP/4711")
                    .containsEntry("Paused", "true")
                    .containsEntry("Reason", "TEAMS_DND");
            rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("ben", AgentState.READY, null))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(rig.asterisk.actions.stream().filter(a -> "QueueAdd".equals(a.get("Action"))))
                    .extracting(a -> a.get("Queue") + " " + a.get("Interface") + " " + a.get("MemberName"))
                    .containsExactly("600 PJSIP/4712 ben", "601 PJSIP/4712 ben");
            rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.LOGGED_OFF, null))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(rig.asterisk.action("QueueRemove")).containsEntry("Interface", "PJSIP/4711");
            assertThat(rig.bus.data(StateResult.class))
                    .extracting(StateResult::outcome)
                    .containsExactly("done", "done", "done");
        }
    }

    @Test
    void refusalKeepsAsterisksWordsAndNoLineCanBeSmuggledIn() throws Exception {
        try (var rig = new AmiRig(folder).start()) {
            rig.asterisk.errors.put("QueuePause", "Interface not found");
            var refused = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.NOT_READY, "x"))
                    .toCompletableFuture();
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            CommandException.class, e -> assertThat(e.code()).isEqualTo("Interface not found"));
            long sent = rig.asterisk.actions.size();
            var smuggled = rig.execute(
                            Acd.SET_AGENT_STATE,
                            new Acd.SetAgentState("anna", AgentState.NOT_READY, "x\r\nAction: Originate"))
                    .toCompletableFuture();
            assertThatThrownBy(() -> smuggled.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            CommandException.class, e -> assertThat(e.code()).isEqualTo("invalidValue"));
            assertThat(rig.asterisk.actions.stream().skip(sent))
                    .noneMatch(a -> a.toString().contains("Originate"));
        }
    }

    @Test
    void observingLinkWritesNothing() throws Exception {
        try (var rig = new AmiRig(folder, "mode", "observe").start()) {
            var answer = rig.execute(Acd.SET_AGENT_STATE, new Acd.SetAgentState("anna", AgentState.NOT_READY, "x"))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(answer.outcome()).isEqualTo("observed");
            assertThat(rig.asterisk.count("QueuePause")).isZero();
        }
    }

    @Test
    @Conformance("ACD-17")
    void secretIsNeitherSentNorShown() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            assertThat(rig.asterisk.actions).noneMatch(a -> a.toString().contains("open sesame"));
            assertThat(rig.asterisk.action("Login")).containsEntry("AuthType", "MD5");
            assertThat(SettingsReader.read(rig.config, Path.of(".")).toString()).doesNotContain("open sesame");
        }
    }
}
