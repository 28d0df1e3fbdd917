package org.jackfield.flow;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.camel.CamelContext;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a flow of its own at the start, so that the first call is not the one that waits for classes to be loaded: an
 * answer to an INVITE is due within 50 ms, and Camel's first exchange alone may take that long.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int ROUNDS = 200;
    private static final String KIND = "warm";
    private static final String ROUTE = """
            - from:
                uri: warm:up
                steps:
                  - bean: {ref: echo, method: echo}
                  - choice:
                      when:
                        - simple: ${body} == null
                          steps:
                            - stop: {}
            """;

    private final Contexts contexts;
    private final EventBus bus;

    WarmUp(Contexts contexts, EventBus bus) {
        this.contexts = contexts;
        this.bus = bus;
    }

    /** The bean of the flow. */
    public static final class Echo {
        public Object echo(Object body) {
            return body;
        }
    }

    /** Takes a second or so; harmless when it fails. */
    void run() {
        Services services = new Services();
        services.know(Set.of(KIND));
        services.bean("echo", new Echo());
        Inputs inputs = new Inputs();
        Wiring wiring = new Wiring(KIND, bus, services, inputs, Runnable::run, Clock.systemUTC());
        Source source = Source.of("warm.camel.yaml", ROUTE.getBytes(StandardCharsets.UTF_8));
        try (CamelContext context = contexts.create("warm", wiring, new FlowBeans(services), true)) {
            contexts.load(context, source, null);
            context.start();
            Link link = new NoLink();
            OfferConsumer consumer = inputs.of(link, "up");
            for (int i = 0; i < ROUNDS && consumer != null; i++) {
                consumer.ask(link, "question", (answer, error) -> {});
            }
        } catch (Exception e) {
            LOG.debug("no warm-up", e);
        }
    }

    private static final class NoLink implements Link {
        @Override
        public LinkId id() {
            return new LinkId(KIND, KIND, KIND);
        }

        @Override
        public Status status() {
            return Status.stopped(Instant.EPOCH);
        }

        @Override
        public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("a link for warming up only"));
        }

        @Override
        public void close() {}
    }
}
