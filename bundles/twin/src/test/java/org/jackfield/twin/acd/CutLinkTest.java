package org.jackfield.twin.acd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.event.AgentEvents.StateChanged;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.TwinLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's link to the twin is cut at 200 random bytes while agents, calls and orders go on. */
class CutLinkTest {
    private static final int CUTS = 200;
    private static final int CHECKS = 8;
    private static final int MOST_CALLS = 12;
    private static final int MOST_BYTES = 30_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern REASON = Pattern.compile("AgentNotReadyReasonValue[^>]*>(order-\\d+)<");

    @TempDir
    Path folder;

    /** Orders by their reason, which is on the wire too. */
    private final Map<String, CompletableFuture<Acd.SetAgentStateAnswer>> orders = new LinkedHashMap<>();

    private final Map<String, Integer> received = new HashMap<>();
    private long read;

    private void step(HostRig rig, Random random) {
        String agent = "a" + random.nextInt(rig.agents.size());
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> press(rig, agent, random.nextBoolean() ? "ready" : "notReady");
            case 3 -> press(rig, agent, random.nextBoolean() ? "loggedOn" : "loggedOff");
            case 4, 5, 6, 7 -> {
                String reason = "order-" + orders.size();
                AgentState state = random.nextBoolean() ? AgentState.READY : AgentState.NOT_READY;
                orders.put(reason, rig.ask(Acd.SET_AGENT_STATE, new Acd.SetAgentState(agent, state, reason)));
            }
            default -> {
                if (((List<?>) rig.acd.state().get("calls")).size() < MOST_CALLS) {
                    rig.acd.ownCall("600", "+49170" + random.nextInt(1000), 1 + random.nextInt(30));
                }
            }
        }
    }

    private static void press(HostRig rig, String agent, String state) {
        try {
            rig.acd.press(agent, state, null);
        } catch (IllegalStateException e) {
            // not logged on: a key that does nothing
        }
    }

    /** Which orders the ACD got; its log keeps only the newest lines, so it is read as it grows. */
    private void readLog(HostRig rig) {
        List<TwinLog.Entry> fresh =
                rig.log.after(read, Integer.MAX_VALUE, entry -> entry.what().equals("SetAgentState"));
        for (TwinLog.Entry entry : fresh) {
            Matcher reason = REASON.matcher(String.valueOf(entry.detail().get("xml")));
            if (entry.direction() == TwinLog.Direction.IN && reason.find()) {
                received.merge(reason.group(1), 1, Integer::sum);
            }
            read = entry.n();
        }
    }

    private static Map<String, String> inTheFile(Path file) throws IOException {
        var states = new HashMap<String, String>();
        JsonNode agents = new ObjectMapper().readTree(Files.readString(file)).path("agents");
        for (JsonNode agent : agents) {
            states.put(
                    agent.path("id").asText(),
                    agent.path("state").asText() + "/" + agent.path("pending").asText());
        }
        return states;
    }

    private static Map<String, String> told(HostRig rig) {
        var states = new HashMap<String, String>();
        for (StateChanged change : rig.bus.data(StateChanged.class)) {
            states.put(change.agent(), literal(change.state()) + "/" + literal(change.pending()));
        }
        return states;
    }

    private static String literal(AgentState state) {
        return state == null
                ? ""
                : switch (state) {
                    case LOGGED_OFF -> "agentNull";
                    case NOT_READY -> "agentNotReady";
                    case READY -> "agentReady";
                    case BUSY -> "agentBusy";
                    case WORKING_AFTER_CALL -> "agentWorkingAfterCall";
                    default -> state.name();
                };
    }

    @Test
    @Conformance({"ACD-22", "ACD-06"})
    void stateIsTheAcdsOwnFileAfterCutsAtAnyByteAndNothingIsDoneTwice() throws Exception {
        Path file = folder.resolve("agents.json");
        long seed = Long.getLong("cut.seed", System.nanoTime());
        var random = new Random(seed);
        System.out.println("Cuts: seed " + seed);
        try (var rig = new HostRig(5, file, 15, "sendReasons", "true", "requestTimeout", "2s");
                var proxy = new CuttingProxy(rig.acd.cstaPort(), MOST_BYTES, seed)) {
            proxy.harmless(true);
            rig.start(proxy.port());
            for (int check = 1; check <= CHECKS; check++) {
                proxy.harmless(false);
                int until = CUTS * check / CHECKS;
                while (proxy.cuts() < until) {
                    step(rig, random);
                    readLog(rig);
                    LockSupport.parkNanos(1_000_000);
                }
                proxy.harmless(true);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(told(rig)).isEqualTo(inTheFile(file)));
            }
            await().atMost(PATIENCE).until(() -> orders.values().stream().allMatch(CompletableFuture::isDone));
            readLog(rig);
            assertThat(received.values()).allMatch(count -> count == 1);
            Set<String> done = new HashSet<>();
            orders.forEach((reason, answer) -> {
                if (!answer.isCompletedExceptionally()) {
                    done.add(reason);
                }
            });
            assertThat(received.keySet()).containsAll(done);
            onlyDifferencesWereTold(rig);
            rig.agents.forEach(line -> press(rig, line.id(), "loggedOn"));
            rig.agents.forEach(line -> press(rig, line.id(), "ready"));
            everyGapWasReported(rig);
            everyCallHasOneEnd(rig);
            System.out.println(
                    "Cuts: " + proxy.cuts() + " cuts, " + orders.size() + " orders, " + done.size() + " done, "
                            + rig.bus.data(StateChanged.class).size() + " changes, "
                            + rig.bus.data(LinkEvents.Gap.class).size() + " gaps");
        }
    }

    private static void onlyDifferencesWereTold(HostRig rig) {
        var last = new HashMap<String, StateChanged>();
        for (StateChanged now : rig.bus.data(StateChanged.class)) {
            StateChanged before = last.put(now.agent(), now);
            if (before != null) {
                assertThat(now.previous()).isEqualTo(before.state());
                assertThat(List.of(now.state(), literal(now.pending()), String.valueOf(now.reason())))
                        .isNotEqualTo(
                                List.of(before.state(), literal(before.pending()), String.valueOf(before.reason())));
            }
        }
    }

    private static void everyGapWasReported(HostRig rig) {
        List<String> order = new ArrayList<>();
        rig.bus.events().forEach(event -> {
            if (event.data() instanceof LinkEvents.Changed changed) {
                order.add(changed.state());
            } else if (event.data() instanceof LinkEvents.Gap gap) {
                order.add("gap");
                assertThat(gap.to()).isAfterOrEqualTo(gap.from());
                assertThat(gap.lengthMs())
                        .isEqualTo(Duration.between(gap.from(), gap.to()).toMillis());
            }
        });
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i).equals("down") && i + 1 < order.size()) {
                assertThat(order.subList(i + 1, i + 3)).containsExactly("up", "gap");
            }
        }
    }

    private static void everyCallHasOneEnd(HostRig rig) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var up = new HashSet<String>();
            var over = new HashSet<String>();
            for (Call call : rig.bus.data(Call.class)) {
                if (call.kind() == Kind.CLEARED && call.device() == null) {
                    assertThat(over.add(call.call())).as("ended once: %s", call).isTrue();
                    up.remove(call.call());
                } else {
                    assertThat(over).as("told after its end: %s", call).doesNotContain(call.call());
                    if (call.kind() != Kind.CLEARED) {
                        up.add(call.call());
                    }
                }
            }
            assertThat(up)
                    .as(() -> "at the ACD: " + rig.acd.state().get("calls") + ", told: "
                            + rig.bus.data(Call.class).stream()
                                    .filter(call -> up.contains(call.call()))
                                    .toList())
                    .isEmpty();
        });
    }
}
