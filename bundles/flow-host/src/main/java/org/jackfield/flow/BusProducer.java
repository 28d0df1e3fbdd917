package org.jackfield.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.plugin.EventBus;
import org.jspecify.annotations.Nullable;

/**
 * A route's output to the bus. A draft goes as it is; data becomes a draft of the exchange's tenant, led to by the
 * exchange's event and of the same origin. Nothing (null, an empty collection or Optional) publishes nothing.
 */
final class BusProducer extends DefaultProducer {
    private final BusEndpoint endpoint;

    BusProducer(BusEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) {
        List<EventDraft> drafts = new ArrayList<>();
        collect(exchange.getMessage().getBody(), exchange, drafts);
        EventBus bus = endpoint.wiring().bus();
        drafts.forEach(bus::publish);
    }

    private void collect(@Nullable Object body, Exchange exchange, List<EventDraft> drafts) {
        if (body instanceof Collection<?> many) {
            many.forEach(one -> collect(one, exchange, drafts));
        } else if (body instanceof Optional<?> optional) {
            collect(optional.orElse(null), exchange, drafts);
        } else if (body != null) {
            drafts.add(checked(draft(body, exchange)));
        }
    }

    private EventDraft draft(Object body, Exchange exchange) {
        if (body instanceof EventDraft draft) {
            return draft;
        }
        if (!(body instanceof EventData data)) {
            throw new IllegalArgumentException("body for " + endpoint.getEndpointUri() + ": "
                    + body.getClass().getName() + " (expected: an EventDraft or EventData)");
        }
        String tenant = Exchanges.tenant(exchange);
        if (tenant == null) {
            throw new IllegalArgumentException(
                    "body for " + endpoint.getEndpointUri()
                            + ": EventData without a tenant (expected: an EventDraft, as this exchange came from no event or link)");
        }
        Event cause = Exchanges.event(exchange);
        Origin origin = cause == null ? Origin.HOST : cause.origin();
        EventDraft draft = EventDraft.of(
                tenant,
                "/flow/" + endpoint.wiring().flow(),
                origin,
                endpoint.wiring().clock().instant(),
                data);
        return cause == null ? draft : draft.causedBy(cause);
    }

    private EventDraft checked(EventDraft draft) {
        if (draft.data().topic() != endpoint.topic()) {
            throw new IllegalArgumentException(draft.data().type() + " sent to " + endpoint.getEndpointUri()
                    + " (expected: bus:" + draft.data().topic().suffix() + ")");
        }
        return draft;
    }
}
