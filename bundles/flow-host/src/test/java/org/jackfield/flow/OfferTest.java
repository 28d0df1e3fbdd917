package org.jackfield.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.OfferPoint.Answered;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OfferTest {
    private static final String FLOW = """
            - from:
                uri: sip:invite
                steps:
                  - bean: {ref: router, method: METHOD}
            """;

    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final OfferPoint<InviteQuestion, InviteAnswer> point =
            OfferPoint.create("invite", InviteQuestion.class, InviteAnswer.class, timer);
    private FlowHarness host;

    /** The flow bean that decides. */
    public static final class Router {
        public InviteAnswer pilot(InviteQuestion question) {
            return new InviteAnswer.ToAcd("600", "rule for " + question.toUser());
        }

        public InviteAnswer refuse(InviteQuestion question) {
            return new InviteAnswer.Refuse(486, "busy");
        }

        public String wrong(InviteQuestion question) {
            return "600";
        }

        /** Tells the thread that ran it. */
        public InviteAnswer thread(InviteQuestion question) {
            return new InviteAnswer.ToAcd("600", Thread.currentThread().getName());
        }

        public InviteAnswer fails(InviteQuestion question) {
            throw new IllegalStateException("no idea");
        }
    }

    @BeforeEach
    void start() {
        host = new FlowHarness(folder);
        host.services.bean("router", new Router());
        host.services.add(FakeLink.offering("sip", point));
    }

    @AfterEach
    void stop() {
        host.close();
        timer.shutdownNow();
    }

    private static InviteQuestion question() {
        return new InviteQuestion(
                new LinkId("demo", "sip", "main"), "c1", Trunk.Side.CARRIER, "+49301", "+4930555600", null, "x@y");
    }

    private Answered<InviteAnswer> ask(Duration within) {
        var answers = new CopyOnWriteArrayList<Answered<InviteAnswer>>();
        point.offer(question(), within, q -> new InviteAnswer.ToAcd("0", "default"), answers::add);
        await().until(() -> !answers.isEmpty());
        return answers.get(0);
    }

    @Test
    void bodyAtTheEndOfTheRouteIsTheAnswer() {
        host.save("inbound-call", FLOW.replace("METHOD", "pilot"));
        host.awaitRunning("inbound-call");

        var answer = ask(Duration.ofSeconds(5));

        assertThat(answer).isEqualTo(new Answered<>(new InviteAnswer.ToAcd("600", "rule for +4930555600"), "flow"));
        assertThat(host.flow("inbound-call").counters().answered()).isEqualTo(1);
    }

    @Test
    void defaultAppliesAtOnceWhenTheFlowFailsOrAnswersWithTheWrongType() {
        host.save("inbound-call", FLOW.replace("METHOD", "wrong"));
        host.awaitRunning("inbound-call");
        var wrong = ask(Duration.ofMinutes(1));
        assertThat(wrong.by())
                .contains("body at the end of the route: java.lang.String (expected: ")
                .contains("InviteAnswer");

        host.save("inbound-call", FLOW.replace("METHOD", "fails"));
        host.awaitVersion("inbound-call", 2);
        assertThat(ask(Duration.ofMinutes(1)).by()).contains("no idea");
        assertThat(host.flow("inbound-call").counters().answered()).isZero();
    }

    private String threadOf(String name, String flow) {
        host.save(name, flow);
        host.awaitRunning(name);
        var answer = (InviteAnswer.ToAcd) ask(Duration.ofSeconds(5)).answer();
        host.delete(name);
        await().until(() -> host.engine.flow(name) == null);
        return answer.reason();
    }

    private static final String BY_THREAD = FLOW.replace("METHOD", "thread");

    private void makeRouterImmediate() {
        Router quick = new Router();
        host.services.immediate(quick);
        host.services.bean("router", quick);
    }

    @Test
    void routeOfNothingButImmediateBeansAnswersOnTheThreadThatAsks() {
        assertThat(threadOf("slow", BY_THREAD)).startsWith("flow-offer-");

        makeRouterImmediate();

        assertThat(threadOf("quick", BY_THREAD))
                .isEqualTo(Thread.currentThread().getName());
        host.save("counted", BY_THREAD);
        host.awaitRunning("counted");
        ask(Duration.ofSeconds(5));
        assertThat(host.flow("counted").counters().answered()).isEqualTo(1);
    }

    private static Stream<String> routesThatMayWait() {
        String step = "      - bean: {ref: router, method: thread}\n";
        String redelivery = "redeliveryPolicy: {maximumRedeliveries: 2, redeliveryDelay: 500}";
        String more = "steps: [{setHeader: {name: a, constant: b}}]"; // which leaves the thread as it is
        return Stream.of(
                // another step, an argument, a bean that makes no promise
                BY_THREAD.replace(step, "      - setHeader: {name: a, constant: b}\n" + step),
                BY_THREAD.replace("method: thread", "method: \"thread(${body})\""),
                BY_THREAD + "      - bean: {ref: other, method: same}\n",
                // what is tried again: by the file, by the configuration of its routes, by the route itself
                "- onException: {exception: [java.lang.IllegalStateException], " + redelivery + "}\n" + BY_THREAD,
                "- errorHandler: {defaultErrorHandler: {" + redelivery + "}}\n" + BY_THREAD,
                "- routeConfiguration: {errorHandler: {defaultErrorHandler: {" + redelivery + "}}}\n" + BY_THREAD,
                "- route:\n    errorHandler: {defaultErrorHandler: {" + redelivery + "}}\n"
                        + BY_THREAD.replace("- from", "  from").indent(2),
                // something before, between or after the steps
                "- interceptFrom: {" + more + "}\n" + BY_THREAD,
                "- intercept: {" + more + "}\n" + BY_THREAD,
                "- onCompletion: {mode: BeforeConsumer, " + more + "}\n" + BY_THREAD);
    }

    @ParameterizedTest
    @MethodSource("routesThatMayWait")
    void routeThatMayWaitAnswersOnAThreadOfTheHost(String flow) {
        makeRouterImmediate();
        host.services.bean("other", new Other());

        assertThat(threadOf("flow", flow)).startsWith("flow-offer-");
    }

    /** A flow bean that makes no promise. */
    public static final class Other {
        public InviteAnswer same(InviteAnswer answer) {
            return answer;
        }
    }

    @Test
    void secondFlowOnTheSamePointIsRefused() {
        host.save("inbound-call", FLOW.replace("METHOD", "pilot"));
        host.awaitRunning("inbound-call");

        host.save("other", FLOW.replace("METHOD", "refuse"));

        assertThat(String.valueOf(host.awaitRefusal("other").refusal()))
                .contains("offers of sip:invite are taken by flow inbound-call (expected: one flow only)");
        host.delete("inbound-call");
        host.awaitRunning("other");
        assertThat(ask(Duration.ofSeconds(5)).answer()).isInstanceOf(InviteAnswer.Refuse.class);
    }

    @Test
    void pointThatTheLinkLacksIsRefused() {
        host.save("inbound-call", FLOW.replace("METHOD", "pilot").replace("invite", "invitation"));

        assertThat(String.valueOf(host.awaitRefusal("inbound-call").refusal()))
                .contains(
                        "inbound-call.camel.yaml:2: links of kind sip ask nothing named \"invitation\" (expected: invite)");
    }

    @Test
    void defaultAppliesWhileTheFlowIsPaused() {
        host.save("inbound-call", FLOW.replace("METHOD", "pilot"));
        host.awaitRunning("inbound-call");

        host.services.bean("router", null);

        host.awaitFlow("inbound-call", flow -> flow.state() == Flows.State.WAITING);
        assertThat(ask(Duration.ofMinutes(1)).by()).isEqualTo("nobody");
        host.services.bean("router", new Router());
        host.awaitRunning("inbound-call");
        assertThat(ask(Duration.ofSeconds(5)).by()).isEqualTo("flow");
    }

    @Test
    void everyOfferIsAnsweredByTheFlowWhileItIsEdited() throws Exception {
        host.save("inbound-call", FLOW.replace("METHOD", "pilot"));
        host.awaitRunning("inbound-call");
        Set<String> by = ConcurrentHashMap.newKeySet();
        var asked = new AtomicInteger();
        var answered = new AtomicInteger();
        var load = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                asked.incrementAndGet();
                point.offer(question(), Duration.ofSeconds(20), q -> new InviteAnswer.ToAcd("0", "default"), a -> {
                    by.add(a.by());
                    answered.incrementAndGet();
                });
                Thread.onSpinWait();
                if (asked.get() - answered.get() > 50) {
                    Thread.yield();
                }
                if (asked.get() - answered.get() > 500) {
                    await().until(() -> asked.get() - answered.get() < 50);
                }
            }
        });
        load.start();
        for (int version = 2; version <= 8; version++) {
            host.save("inbound-call", FLOW.replace("METHOD", version % 2 == 0 ? "refuse" : "pilot"));
            host.awaitVersion("inbound-call", version);
        }
        load.interrupt();
        load.join();

        await().until(() -> asked.get() == answered.get());
        assertThat(by).containsExactly("flow");
        assertThat(asked.get()).isGreaterThan(100);
    }
}
