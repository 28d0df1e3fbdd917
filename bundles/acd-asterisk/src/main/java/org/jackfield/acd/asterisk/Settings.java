package org.jackfield.acd.asterisk;

import java.time.Duration;
import java.util.Map;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;

/**
 * A link's checked configuration.
 *
 * @param iface how a queue member of an agent is named, with {@code {device}} for the agent's device
 * @param wrapUp wrap-up time by queue, {@code *} for all others; what is missing is read from queues.conf
 */
record Settings(
        LinkId id,
        String host,
        int port,
        String user,
        Secret secret,
        Backoff reconnect,
        Mode mode,
        int requestsPerSecond,
        Duration requestTimeout,
        Duration ping,
        Duration routeTimeout,
        String routeContext,
        String transferContext,
        String iface,
        String uuiVariable,
        String wrapUpReason,
        Map<String, Duration> wrapUp) {
    static final String HOST = "127.0.0.1";
    static final String PORT = "5038";
    static final String RECONNECT = "exponential=200ms:30s,jitter=0.2";
    static final String MODE = "active";
    static final String REQUESTS_PER_SECOND = "200";
    static final String REQUEST_TIMEOUT = "5s";
    static final String PING = "10s";
    static final String ROUTE_TIMEOUT = "1500ms";
    static final String ROUTE_CONTEXT = "jackfield-selected";
    static final String TRANSFER_CONTEXT = "jackfield-transfer";
    static final String IFACE = "PJSIP/{device}";
    static final String UUI_VARIABLE = "JACKFIELD_UUI";
    static final String WRAP_UP_REASON = "wrap-up";

    String memberOf(String device) {
        return iface.replace("{device}", device);
    }
}
