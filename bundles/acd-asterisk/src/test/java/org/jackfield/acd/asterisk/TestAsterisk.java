package org.jackfield.acd.asterisk;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A manager interface that says what a test scripts, in Asterisk's own lines: banner, challenge, lists with their
 * {@code EventList} marks. Each action is kept; one that {@link #errors} names is refused.
 */
final class TestAsterisk implements AutoCloseable {
    final List<Map<String, String>> actions = new CopyOnWriteArrayList<>();
    final Map<String, String> errors = new ConcurrentHashMap<>();
    final List<String> members = new CopyOnWriteArrayList<>();
    final List<String> channels = new CopyOnWriteArrayList<>();
    volatile String greeting = "Asterisk Call Manager/5.0.4\r\n";
    volatile boolean silent;

    private final ServerSocket server;
    private final Thread acceptor;
    private volatile Socket socket;

    TestAsterisk() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        acceptor = new Thread(this::accept, "test-asterisk");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket next = server.accept();
                socket = next;
                raw(greeting);
                var reader = new Thread(() -> read(next), "test-asterisk-in");
                reader.setDaemon(true);
                reader.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void read(Socket from) {
        try (var in = new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
            Map<String, String> action = new LinkedHashMap<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    actions.add(action);
                    if (!silent) {
                        answer(action);
                    }
                    action = new LinkedHashMap<>();
                } else {
                    int colon = line.indexOf(": ");
                    action.put(line.substring(0, colon), line.substring(colon + 2));
                }
            }
        } catch (IOException e) {
            // the connection is over
        }
    }

    private void answer(Map<String, String> action) {
        String id = "ActionID: " + action.get("ActionID") + "\r\n";
        String name = action.get("Action");
        if (errors.containsKey(name)) {
            raw("Response: Error\r\n" + id + "Message: " + errors.get(name) + "\r\n\r\n");
            return;
        }
        switch (name) {
            case "Challenge" -> raw("Response: Success\r\n" + id + "Challenge: 840415273\r\n\r\n");
            case "GetConfig" ->
                raw("Response: Success\r\n" + id + "Category-000000: general\r\nCategory-000001: 600\r\n"
                        + "Line-000001-000000: strategy=ringall\r\nLine-000001-000001: wrapuptime=1\r\n\r\n");
            case "QueueStatus" -> list(id, "QueueStatus", members);
            case "CoreShowChannels" -> list(id, "CoreShowChannels", channels);
            default -> raw("Response: Success\r\n" + id + "Message: done\r\n\r\n");
        }
    }

    private void list(String id, String name, List<String> items) {
        var text = new StringBuilder("Response: Success\r\n" + id + "EventList: start\r\n\r\n");
        items.forEach(item -> text.append(item.replace("\n", "\r\n" + id)).append("\r\n\r\n"));
        raw(text + "Event: " + name + "Complete\r\n" + id + "EventList: Complete\r\nListItems: " + items.size()
                + "\r\n\r\n");
    }

    /** A member of the next snapshot. */
    static String member(String queue, String device, int paused, String reason, int status) {
        return "Event: QueueMember\nQueue: " + queue + "\nName: " + device + "\nLocation: PJSIP/" + device
                + "\nStateInterface: PJSIP/" + device + "\nMembership: dynamic\nPenalty: 0\nCallsTaken: 0\nLastCall: 0"
                + "\nInCall: 0\nStatus: " + status + "\nPaused: " + paused + "\nPausedReason: " + reason;
    }

    /** Sends an event, {@code lines} as {@code Name: value}. */
    void event(String name, String... lines) {
        raw(Stream.concat(Stream.of("Event: " + name), Stream.of(lines)).reduce("", (all, line) -> all + line + "\r\n")
                + "\r\n");
    }

    /** An event about a queue's member, with what Asterisk says on each. */
    void queue(String name, String queue, String device, int paused, String reason, int status) {
        event(
                name,
                "Privilege: agent,all",
                "Queue: " + queue,
                "MemberName: PJSIP/" + device,
                "Interface: PJSIP/" + device,
                "StateInterface: PJSIP/" + device,
                "Status: " + status,
                "Paused: " + paused,
                "PausedReason: " + reason);
    }

    synchronized void raw(String text) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            // the connection is over
        }
    }

    /** Waits for an action of that name and gives the newest. */
    Map<String, String> action(String name) {
        await().alias(name).atMost(Duration.ofSeconds(20)).until(() -> count(name) > 0);
        return actions.stream()
                .filter(a -> name.equals(a.get("Action")))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    long count(String name) {
        return actions.stream().filter(a -> name.equals(a.get("Action"))).count();
    }

    void cut() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        if (socket != null) {
            socket.close();
        }
    }
}
