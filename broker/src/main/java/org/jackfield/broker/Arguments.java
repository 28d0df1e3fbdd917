package org.jackfield.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says: {@code --data DIR --port N}.
 *
 * @param data folder of the log and its metadata; made when missing
 * @param port where clients connect on 127.0.0.1; 1-65535 (0 on the command line picks a free one)
 */
record Arguments(Path data, int port) {

    /** Reports all faults at once. */
    static Arguments parse(String... args) throws IOException {
        var faults = new ArrayList<String>();
        Path data = null;
        int port = -1;
        for (int i = 0; i < args.length; i += 2) {
            var value = i + 1 < args.length ? args[i + 1] : null;
            switch (args[i]) {
                case "--data" -> data = value == null ? null : Path.of(value);
                case "--port" -> port = port(value, faults);
                default -> faults.add(args[i] + ": unknown (expected: --data DIR --port N)");
            }
        }
        if (data == null) {
            faults.add("--data: missing (expected: a folder)");
        }
        if (port < 0 && faults.stream().noneMatch(fault -> fault.startsWith("--port"))) {
            faults.add("--port: missing (expected: 0-65535)");
        }
        if (data == null || !faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
        return new Arguments(data, port == 0 ? freePort() : port);
    }

    private static int port(@Nullable String value, List<String> faults) {
        try {
            int port = Integer.parseInt(value == null ? "" : value);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below, together with numbers out of range
        }
        faults.add("--port: " + value + " (expected: 0-65535)");
        return -1;
    }

    /** A port that nobody listens on at this moment. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
