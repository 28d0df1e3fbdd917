package org.jackfield.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Free ports of the loopback, for UDP and TCP alike. Never gives the same one twice to one test run. */
public final class Ports {
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();
    private static final int ATTEMPTS = 200;

    private Ports() {}

    /** A port on which, at this moment, nothing listens. */
    public static int free() {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = candidate();
            if (port > 0 && GIVEN.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port on the loopback after " + ATTEMPTS + " attempts");
    }

    /** 0 when the free TCP port is taken for UDP. */
    private static int candidate() {
        var loopback = InetAddress.getLoopbackAddress();
        try (var tcp = new ServerSocket(0, 1, loopback)) {
            return freeForUdp(new InetSocketAddress(loopback, tcp.getLocalPort())) ? tcp.getLocalPort() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the loopback gives no port", e);
        }
    }

    private static boolean freeForUdp(InetSocketAddress address) {
        try (var udp = new DatagramSocket(address)) {
            return udp.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
