package org.jackfield.twin.acd;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A CSTA application reduced to bytes and strings, so that no codec of ours stands between a test and the wire. */
final class Application implements AutoCloseable {
    static final String ED4 = "http://www.ecma-international.org/standards/ecma-323/csta/ed4";
    private static final String APPL = "http://www.ecma-international.org/standards/ecma-354/appl_session";

    /** A frame that came. */
    record Got(String invokeId, String xml) {}

    private final Socket socket;
    private final List<Got> got = new CopyOnWriteArrayList<>();
    private int invoke;

    Application(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        Thread reader = new Thread(this::read, "application");
        reader.setDaemon(true);
        reader.start();
    }

    static Application started(int port) throws IOException {
        Application application = new Application(port);
        application.ask("<StartApplicationSession xmlns=\"" + APPL + "\"><applicationInfo><applicationID>test"
                + "</applicationID></applicationInfo><requestedProtocolVersions><protocolVersion>" + ED4
                + "</protocolVersion></requestedProtocolVersions><requestedSessionDuration>60"
                + "</requestedSessionDuration></StartApplicationSession>");
        return application;
    }

    /** Sends a request of ECMA-323 given without its namespace, and waits for its answer. */
    String request(String name, String children) {
        return ask("<" + name + " xmlns=\"" + ED4 + "\">" + children + "</" + name + ">");
    }

    String ask(String xml) {
        String id = send(xml);
        return Waiting.until(() -> got.stream()
                .filter(frame -> frame.invokeId().equals(id) && !fromSwitch(frame.xml()))
                .map(Got::xml)
                .findFirst());
    }

    /** Sends without waiting; the invoke id. */
    String send(String xml) {
        String id = String.format("%04d", ++invoke);
        byte[] body = xml.getBytes(StandardCharsets.UTF_8);
        int length = body.length + 8;
        byte[] frame = new byte[length];
        frame[2] = (byte) (length >>> 8); // ECMA-323 annex G.2: octets 2-3, whole length
        frame[3] = (byte) length;
        System.arraycopy(id.getBytes(StandardCharsets.US_ASCII), 0, frame, 4, 4);
        System.arraycopy(body, 0, frame, 8, body.length);
        write(frame);
        return id;
    }

    void sendOneWay(String name, String children) {
        send("<" + name + " xmlns=\"" + ED4 + "\">" + children + "</" + name + ">");
    }

    void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that came with this root element, oldest first. */
    List<String> all(String name) {
        return got.stream()
                .map(Got::xml)
                .filter(xml -> xml.contains("<" + name + " "))
                .toList();
    }

    /** The first that came with this root element. */
    String await(String name) {
        return Waiting.until(() -> all(name).stream().findFirst());
    }

    boolean closed() {
        return got.stream().anyMatch(frame -> frame.invokeId().isEmpty());
    }

    static String text(String xml, String element) {
        int start = xml.indexOf("<" + element + ">");
        return start < 0 ? "" : xml.substring(start + element.length() + 2, xml.indexOf("</" + element + ">", start));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static boolean fromSwitch(String xml) {
        return xml.contains("<RouteRequest ")
                || xml.contains("<RouteUsed ")
                || xml.contains("<RouteEnd ")
                || xml.contains("<SystemStatus ");
    }

    private void read() {
        try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
            while (true) {
                if (in.readUnsignedShort() != 0) {
                    throw new IOException("format indicator");
                }
                int length = in.readUnsignedShort();
                String id = new String(in.readNBytes(4), StandardCharsets.US_ASCII);
                got.add(new Got(id, new String(in.readNBytes(length - 8), StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            got.add(new Got("", String.valueOf(e)));
        }
    }
}
