package org.jackfield.protocol.sip;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Where a request goes next: a transport and a resolved address. Immutable. */
public record Hop(Protocol protocol, InetSocketAddress address) {

    /**
     * Reads {@code host:port;transport}, port 5060 and UDP when not given. May ask the resolver, so not on an event loop.
     *
     * @throws IllegalArgumentException with the value and what was expected
     */
    public static Hop parse(String text) {
        SipUri uri = SipUri.parse("sip:" + text.trim());
        int semicolon = text.indexOf(';');
        Protocol protocol = semicolon < 0
                ? Protocol.UDP
                : Protocol.of(text.substring(semicolon + 1).replaceFirst("(?i)^\\s*transport=", ""));
        InetSocketAddress address = uri.host().isEmpty()
                ? null
                : new InetSocketAddress(uri.host(), uri.port() == 0 ? SipUri.PORT : uri.port());
        if (address == null || address.isUnresolved()) {
            throw new IllegalArgumentException("target: \"" + text + "\" (expected: host:port;udp or host:port;tcp)");
        }
        return new Hop(protocol, address);
    }

    /** The hop of a URI whose host is an IP address; null when it is a name, which is never resolved here. */
    static @Nullable Hop ofNumeric(SipUri uri, Protocol otherwise) {
        String host = uri.host();
        if (host.isEmpty() || !(Character.isDigit(host.charAt(host.length() - 1)) || host.indexOf(':') >= 0)) {
            return null;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && c != ':' && c != '%' && Character.digit(c, 16) < 0) {
                return null;
            }
        }
        String transport = uri.parameter("transport");
        try {
            return new Hop(
                    transport == null ? otherwise : Protocol.of(transport),
                    new InetSocketAddress(InetAddress.getByName(host), uri.port() == 0 ? SipUri.PORT : uri.port()));
        } catch (UnknownHostException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The same address by another transport. */
    Hop over(Protocol other) {
        return new Hop(other, address);
    }

    /** As in configuration, for example {@code 127.0.0.1:5060;udp}. */
    @Override
    public String toString() {
        return hostText(address) + ":" + address.getPort() + ";" + protocol.text();
    }

    /** The address as URIs write it: IPv6 in brackets. */
    static String hostText(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }
}
