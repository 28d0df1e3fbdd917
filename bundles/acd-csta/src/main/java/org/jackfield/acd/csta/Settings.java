package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jackfield.plugin.Backoff;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jackfield.protocol.csta.CstaSession;
import org.jspecify.annotations.Nullable;

/**
 * A link's checked configuration.
 *
 * @param routeingDevices empty for none; {@code *} for all
 * @param tls null for plain TCP
 * @param sendReasons true where the ACD takes BroadSoft's private data for the reason of a NotReady
 */
record Settings(
        LinkId id,
        String host,
        int port,
        CstaSession.Options session,
        Backoff reconnect,
        Mode mode,
        int requestsPerSecond,
        int monitors,
        boolean monitorGroups,
        List<String> routeingDevices,
        Duration routeTimeout,
        @Nullable SSLContext tls,
        boolean discover,
        boolean capabilities,
        boolean callSnapshots,
        boolean sendReasons) {
    static final String HOST = "127.0.0.1";
    static final String EDITION = "ed4";
    static final String APPLICATION_ID = "jackfield";
    static final String RECONNECT = "exponential=200ms:30s,jitter=0.2";
    static final String MODE = "active";
    static final String REQUESTS_PER_SECOND = "200";
    static final String MONITORS = "10000";
    static final String ROUTE_TIMEOUT = "5s";
    static final String REQUEST_TIMEOUT = "5s";
    static final String SYSTEM_STATUS = "30s";
    static final String SESSION_DURATION = "180s";

    Duration requestTimeout() {
        return session.requestTimeout();
    }
}
