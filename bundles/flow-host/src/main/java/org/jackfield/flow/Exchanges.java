package org.jackfield.flow;

import org.apache.camel.Exchange;
import org.jackfield.event.Event;
import org.jackfield.plugin.LinkId;
import org.jspecify.annotations.Nullable;

/** The exchange properties by which a route, its consumers and its producers know where a message came from. */
final class Exchanges {
    /** The {@link Event} that the exchange is about. */
    static final String EVENT = "event";
    /** The tenant, from the event or the link, never from a body. */
    static final String TENANT = "tenant";
    /** The flow's name. */
    static final String FLOW = "flow";
    /** The {@link LinkId} of the link that asked or that saw the event. */
    static final String LINK = "link";

    private Exchanges() {}

    static @Nullable Event event(Exchange exchange) {
        return exchange.getProperty(EVENT) instanceof Event event ? event : null;
    }

    static @Nullable String tenant(Exchange exchange) {
        return exchange.getProperty(TENANT) instanceof String tenant ? tenant : null;
    }

    static @Nullable LinkId link(Exchange exchange) {
        return exchange.getProperty(LINK) instanceof LinkId link ? link : null;
    }

    /** The link that saw an event, when its source has the form {@code /kind/tenant/name}. */
    static @Nullable LinkId seenBy(Event event) {
        String[] parts = event.source().split("/", -1);
        if (parts.length != 4 || !parts[0].isEmpty()) {
            return null;
        }
        try {
            return new LinkId(parts[2], parts[1], parts[3]);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
