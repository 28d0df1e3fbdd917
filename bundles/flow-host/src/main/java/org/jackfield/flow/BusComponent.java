package org.jackfield.flow;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The scheme {@code bus:}, one instance per context. */
final class BusComponent extends DefaultComponent {
    static final String SCHEME = "bus";

    private final Wiring wiring;

    BusComponent(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        BusEndpoint endpoint = new BusEndpoint(uri, this, wiring, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
