package org.jackfield.twin.sbc;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.sip.UserAgent;

/** The SBC's OPTIONS to the host (RFC 3261 section 11), and what came back. On the user agent's thread. */
final class Ping {
    private final UserAgent agent;
    private final Hop trunk;
    private final Violations violations;
    private volatile Map<String, Object> last = Map.of();
    /** The host answered the OPTIONS before; what it missed while it started is not held against it. */
    private boolean hostUp;

    Ping(UserAgent agent, Hop trunk, Violations violations) {
        this.agent = agent;
        this.trunk = trunk;
        this.violations = violations;
    }

    Map<String, Object> last() {
        return last;
    }

    /** Sends one every so often; for any thread. */
    void keep(long seconds) {
        var next = agent.thread()
                .schedule(
                        () -> {
                            send();
                            keep(seconds);
                        },
                        seconds,
                        TimeUnit.SECONDS);
        if (next.isCancelled()) {
            throw new IllegalStateException("the SBC is closing");
        }
    }

    void send() {
        String uri =
                "sip:" + trunk.address().getHostString() + ":" + trunk.address().getPort();
        long start = System.nanoTime();
        agent.options(uri, trunk, new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                long ms = (System.nanoTime() - start) / 1_000_000;
                String allow = String.join(",", response.all(SipHeader.ALLOW));
                last = Map.of("status", response.status(), "ms", ms, "allow", allow);
                boolean wasUp = hostUp;
                hostUp = response.status() == 200;
                if (wasUp && hostUp && (ms > 500 || !allow.contains("REFER") || !allow.contains("NOTIFY"))) {
                    violations.add(
                            "DR-17", "OPTIONS answered after " + ms + " ms, Allow " + allow, response.toString(), "");
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                hostUp = false;
                last = Map.of("status", failure == Failure.TIMEOUT ? 408 : 503);
            }
        });
    }
}
