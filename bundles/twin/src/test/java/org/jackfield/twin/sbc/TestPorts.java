package org.jackfield.twin.sbc;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** Free ports for two peers that must know each other before either is open. */
public final class TestPorts {
    private TestPorts() {}

    public static int freeUdp() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
