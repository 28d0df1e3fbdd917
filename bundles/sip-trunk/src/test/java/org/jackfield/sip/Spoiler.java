package org.jackfield.sip;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * Stands between SBC (or ACD) and trunk on UDP, each of which takes it for the other, so that a test can change what the trunk
 * sends: a peer broken on purpose. Content-Length is made to fit; what comes out empty is lost.
 */
final class Spoiler implements AutoCloseable {
    private final DatagramSocket toTrunk = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final DatagramSocket toSbc = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final InetSocketAddress trunk;
    private final InetSocketAddress sbc;
    private volatile UnaryOperator<String> fault = UnaryOperator.identity();

    Spoiler(int trunkPort, int sbcPort) throws SocketException {
        trunk = new InetSocketAddress(InetAddress.getLoopbackAddress(), trunkPort);
        sbc = new InetSocketAddress(InetAddress.getLoopbackAddress(), sbcPort);
        relay(toSbc, toTrunk, trunk, false);
        relay(toTrunk, toSbc, sbc, true);
    }

    /** The port that the trunk takes for the SBC. */
    int trunkSide() {
        return toTrunk.getLocalPort();
    }

    /** The port that the SBC takes for the trunk. */
    int sbcSide() {
        return toSbc.getLocalPort();
    }

    /** What is done to messages of the trunk from now on. */
    void spoil(UnaryOperator<String> how) {
        fault = how;
    }

    private void relay(DatagramSocket from, DatagramSocket to, InetSocketAddress target, boolean spoiled) {
        Thread thread = new Thread(() -> run(from, to, target, spoiled), "spoiler");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(DatagramSocket from, DatagramSocket to, InetSocketAddress target, boolean spoiled) {
        byte[] buffer = new byte[65_535];
        while (!from.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                from.receive(packet);
                String text = new String(buffer, 0, packet.getLength(), StandardCharsets.ISO_8859_1);
                String changed = renamed(spoiled ? fitted(fault.apply(text)) : text);
                if (!changed.isEmpty()) {
                    byte[] bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
                    to.send(new DatagramPacket(bytes, bytes.length, target));
                }
            } catch (IOException e) {
                // closed, or a peer's port is: the transaction's own timers tell
            }
        }
    }

    /** The address that each side takes for the other's, in routes. */
    private String renamed(String text) {
        String ours = "<sip:127.0.0.1:" + trunkSide() + ";lr>";
        String theirs = "<sip:127.0.0.1:" + sbc.getPort() + ";lr>";
        return text.contains(ours) ? text.replace(ours, theirs) : text.replace(theirs, ours);
    }

    private static String fitted(String text) {
        int end = text.indexOf("\r\n\r\n");
        return end < 0
                ? text
                : text.substring(0, end)
                                .replaceFirst(
                                        "(?m)^Content-Length: \\d+", "Content-Length: " + (text.length() - end - 4))
                        + text.substring(end);
    }

    @Override
    public void close() {
        toTrunk.close();
        toSbc.close();
    }
}
