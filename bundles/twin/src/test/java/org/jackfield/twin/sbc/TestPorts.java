package org.jackfield.twin.sbc;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Free ports for two peers that must know each other before either is open. */
public final class TestPorts {
    private TestPorts() {}

    /** A port that is free for UDP and for TCP. */
    public static int free() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        for (int attempt = 0; attempt < 100; attempt++) {
            try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
                    DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), loopback)) {
                return udp.getLocalPort();
            } catch (java.net.BindException e) {
                continue;
            }
        }
        throw new IOException("no port is free for both UDP and TCP");
    }
}
