package org.jackfield.testkit;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback, for UDP and TCP alike. Never gives the same one twice to one test run, and none of the
 * ephemeral range: while a host restarts, somebody's client could take such a port, or connect to itself through it.
 */
public final class Ports {
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();
    private static final int ATTEMPTS = 200;
    private static final int LOWEST = 20_000;
    private static final int SPAN = 6_000;
    /** Two test processes side by side, numbered from 1, each think of their own half. */
    private static final int FROM = LOWEST + (Integer.getInteger("jackfield.fork", 1) + 1) % 2 * SPAN;

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

    /** 0 when the port that was thought of is taken. */
    private static int candidate() {
        var address = new InetSocketAddress(
                InetAddress.getLoopbackAddress(), ThreadLocalRandom.current().nextInt(FROM, FROM + SPAN));
        try (var tcp = new ServerSocket()) {
            tcp.bind(address, 1);
            return freeForUdp(address) ? address.getPort() : 0;
        } catch (IOException e) {
            return 0;
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
