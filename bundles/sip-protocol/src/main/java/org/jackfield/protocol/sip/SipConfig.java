package org.jackfield.protocol.sip;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a stack meets the network.
 *
 * @param host the address to bind, for example {@code 127.0.0.1}
 * @param port 1 to 65535, or 0 for any free one; UDP and TCP share it
 * @param protocols which transports to bind
 * @param advertised the host that Via and Contact name; null for {@code host}
 * @param threadName the name of the one thread that does everything
 */
public record SipConfig(
        String host,
        int port,
        Set<Protocol> protocols,
        @Nullable String advertised,
        SipTimers timers,
        SipLimits limits,
        String threadName) {
    public SipConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0-65535)");
        }
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("transports: none (expected: udp, tcp or both)");
        }
        protocols = Set.copyOf(protocols);
    }

    /** UDP and TCP on {@code host}, everything else as RFC 3261 has it. */
    public static SipConfig of(String host, int port) {
        return new SipConfig(
                host, port, EnumSet.allOf(Protocol.class), null, SipTimers.RFC3261, SipLimits.DEFAULT, "sip");
    }

    public SipConfig withTimers(SipTimers other) {
        return new SipConfig(host, port, protocols, advertised, other, limits, threadName);
    }

    public SipConfig withProtocols(Set<Protocol> others) {
        return new SipConfig(host, port, others, advertised, timers, limits, threadName);
    }

    public SipConfig withThreadName(String name) {
        return new SipConfig(host, port, protocols, advertised, timers, limits, name);
    }

    public SipConfig withAdvertised(@Nullable String other) {
        return new SipConfig(host, port, protocols, other, timers, limits, threadName);
    }

    public SipConfig withLimits(SipLimits others) {
        return new SipConfig(host, port, protocols, advertised, timers, others, threadName);
    }

    /** The limits; without TCP every request goes as a datagram, however long. */
    SipLimits datagramsOrStreams() {
        return protocols.contains(Protocol.TCP) ? limits : limits.withDatagram(65_535);
    }

    String advertisedHost() {
        String given = advertised;
        return given == null || given.isEmpty() ? host : given;
    }
}
