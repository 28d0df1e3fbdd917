package org.jackfield.flow;

import java.time.Duration;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * {@code csta:setAgentState?link=main&timeout=5s} as target: an operation of the tenant's link.
 * {@code sip:invite} as source: the offer point of that name, whose answer is the body at the route's end.
 */
public final class LinkEndpoint extends DefaultEndpoint {
    private final Wiring wiring;
    private final String kind;
    private final String name;
    private @Nullable String link;
    private @Nullable String tenant;
    private Duration timeout = Duration.ofSeconds(5);

    LinkEndpoint(String uri, Component component, Wiring wiring, String kind, String name) {
        super(uri, component);
        this.wiring = wiring;
        this.kind = kind;
        this.name = name;
    }

    Wiring wiring() {
        return wiring;
    }

    String kind() {
        return kind;
    }

    /** The operation or the offer point. */
    String name() {
        return name;
    }

    Duration timeout() {
        return timeout;
    }

    public @Nullable String getLink() {
        return link;
    }

    /** The link's name when the tenant has several of this kind. */
    public void setLink(String link) {
        this.link = link;
    }

    public @Nullable String getTenant() {
        return tenant;
    }

    /** The tenant whose link to use when the exchange came from no event and no offer, a timer for example. */
    public void setTenant(String tenant) {
        this.tenant = tenant;
    }

    public String getTimeout() {
        return timeout.toMillis() + "ms";
    }

    /** How long the operation may take, for example {@code 500ms} or {@code 5s}; from 1 ms to 60 s. */
    public void setTimeout(String timeout) {
        Duration given = CamelContextHelper.parseDuration(getCamelContext(), timeout);
        if (given == null || given.toMillis() < 1 || given.toMillis() > 60_000) {
            throw new IllegalArgumentException("timeout: \"" + timeout + "\" (expected: 1ms-60s)");
        }
        this.timeout = given;
    }

    @Override
    public Producer createProducer() {
        return new LinkProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new OfferConsumer(this, processor);
    }
}
