package org.jackfield.flow;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The scheme of one kind of link, made for every kind by itself; one instance per context. */
final class LinkComponent extends DefaultComponent {
    private final String kind;
    private final Wiring wiring;

    LinkComponent(String kind, Wiring wiring) {
        this.kind = kind;
        this.wiring = wiring;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LinkEndpoint endpoint = new LinkEndpoint(uri, this, wiring, kind, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
