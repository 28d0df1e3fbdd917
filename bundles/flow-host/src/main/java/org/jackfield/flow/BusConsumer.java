package org.jackfield.flow;

import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;
import org.jspecify.annotations.Nullable;

/** A route's input from the bus. The flow's intake hands it events one by one; it owns no subscription. */
final class BusConsumer extends DefaultConsumer {
    private final BusEndpoint endpoint;

    /** How an exchange ended. */
    @FunctionalInterface
    interface Done {
        /**
         * @param error null when it went well
         * @param attempts how often the step that failed was tried, at least 1
         */
        void done(@Nullable Throwable error, int attempts);
    }

    BusConsumer(BusEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        endpoint.wiring().inputs().add(this);
    }

    @Override
    protected void doStop() throws Exception {
        endpoint.wiring().inputs().remove(this);
        super.doStop();
    }

    boolean wants(Event event) {
        return endpoint.wants(event);
    }

    boolean wants(Topic topic, String tenant, String type) {
        return endpoint.wants(topic, tenant, type);
    }

    Topic topic() {
        return endpoint.topic();
    }

    Duration gather() {
        return endpoint.gather();
    }

    /** Runs the route; {@code done} is called once, on any thread. */
    void take(Event event, Done done) {
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOnly);
        exchange.getIn().setBody(event);
        exchange.setProperty(Exchanges.EVENT, event);
        exchange.setProperty(Exchanges.TENANT, event.tenant());
        exchange.setProperty(Exchanges.FLOW, endpoint.wiring().flow());
        var seenBy = Exchanges.seenBy(event);
        if (seenBy != null) {
            exchange.setProperty(Exchanges.LINK, seenBy);
        }
        getAsyncProcessor().process(exchange, doneSync -> {
            Throwable error = exchange.getException();
            int attempts = Failures.attempts(exchange);
            releaseExchange(exchange, false);
            done.done(error, attempts);
        });
    }
}
