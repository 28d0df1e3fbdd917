package org.jackfield.flow;

import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jackfield.plugin.Link;
import org.jspecify.annotations.Nullable;

/** A route's input from an offer point. The flow's intake hands it questions; it attaches to no link itself. */
final class OfferConsumer extends DefaultConsumer {
    private final LinkEndpoint endpoint;
    private volatile boolean immediate;

    OfferConsumer(LinkEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        immediate = Immediate.is(getRoute(), endpoint.wiring().services());
        endpoint.wiring().inputs().add(this);
    }

    @Override
    protected void doStop() throws Exception {
        endpoint.wiring().inputs().remove(this);
        super.doStop();
    }

    boolean wants(Link link, String point) {
        return endpoint.kind().equals(link.id().kind())
                && endpoint.name().equals(point)
                && (endpoint.getLink() == null
                        || endpoint.getLink().equals(link.id().name()));
    }

    /** True when the route never waits, so that the thread that asks may run it. */
    boolean immediate() {
        return immediate;
    }

    /** Runs the route; {@code done} is called once with the body at its end, or with what went wrong. */
    void ask(Link link, Object question, BiConsumer<@Nullable Object, @Nullable Throwable> done) {
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        exchange.getIn().setBody(question);
        exchange.setProperty(Exchanges.TENANT, link.id().tenant());
        exchange.setProperty(Exchanges.LINK, link.id());
        exchange.setProperty(Exchanges.FLOW, endpoint.wiring().flow());
        getAsyncProcessor().process(exchange, doneSync -> {
            Throwable error = exchange.getException();
            Object answer = exchange.getMessage().getBody();
            releaseExchange(exchange, false);
            done.accept(answer, error);
        });
    }
}
