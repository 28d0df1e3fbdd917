package org.jackfield.testkit.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * An open-loop generator over UDP: calls begin by the clock, whatever became of those before. A caller's and a callee's
 * socket; nothing is repeated, so that a lost datagram is a lost call. Latency is INVITE to 180 (to the final response of
 * a redirect, to the 200 of OPTIONS). One thread at a time, that of the caller of {@link #run}.
 */
public final class SipLoad implements AutoCloseable {
    /** What is asked of the host: whole calls, INVITEs that it answers with 302, or OPTIONS. */
    public enum Kind {
        CALL,
        REDIRECT,
        OPTIONS
    }

    /** What a run came to; latencies in microseconds. */
    public record Result(int begun, int ended, int lost, double p50, double p90, double p99, double max) {}

    private static final String OFFER = sdp("caller", 40_000);
    private static final String ANSWER = sdp("callee", 50_000);

    private static final class Call {
        final String id;
        final long began = System.nanoTime();
        long rang;
        String to = "";
        String target = "";
        String route = "";
        boolean over;

        Call(String id) {
            this.id = id;
        }
    }

    private record Due(long at, Call call) {}

    /** At most so long without a look at the clock. */
    private static final long REST_MILLIS = 10;

    private final DatagramChannel caller;
    private final DatagramChannel callee;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_535);
    private final Map<String, Call> calls = new HashMap<>();
    private final ArrayDeque<Due> byes = new ArrayDeque<>();
    private final InetSocketAddress target;
    private final Kind kind;
    private long serial = System.nanoTime();
    private int ended;
    private long talk;
    private long[] latencies = new long[1 << 16];
    private int measured;

    /**
     * Opens both sockets on the loopback.
     *
     * @param callerPort from where calls come, the host's SBC
     * @param calleePort where the host sends them, its ACD
     * @param target the host's port
     * @throws IOException a port is taken
     */
    public SipLoad(int callerPort, int calleePort, int target, Kind kind) throws IOException {
        this.kind = kind;
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), target);
        selector = Selector.open();
        caller = open(callerPort);
        callee = open(calleePort);
    }

    private DatagramChannel open(int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 4 << 20);
        channel.setOption(java.net.StandardSocketOptions.SO_SNDBUF, 4 << 20);
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    private static String sdp(String who, int port) {
        return "v=0\r\no=" + who + " 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + port
                + " RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    }

    private static int port(DatagramChannel channel) {
        return channel.socket().getLocalPort();
    }

    /**
     * Calls for so many seconds, and waits for their ends at most 2 s beyond.
     *
     * @param rate calls a second
     * @param talkMillis from the 200 to the BYE
     * @throws IOException a socket fails
     */
    public Result run(int rate, int seconds, long talkMillis) throws IOException {
        calls.clear();
        byes.clear();
        talk = talkMillis * 1_000_000;
        ended = 0;
        measured = 0;
        int wanted = rate * seconds;
        int begun = 0;
        long start = System.nanoTime();
        long gap = 1_000_000_000L / rate;
        long deadline = start + seconds * 1_000_000_000L + talkMillis * 1_000_000 + 2_000_000_000L;
        Thread pace = new Thread(() -> wake(start, gap, wanted), "sip-load-pace");
        pace.setDaemon(true);
        pace.start();
        try {
            while (System.nanoTime() < deadline && (begun < wanted || ended < wanted)) {
                long now = System.nanoTime();
                while (begun < wanted && start + begun * gap <= now) {
                    begin();
                    begun++;
                }
                while (!byes.isEmpty() && byes.peek().at() <= now) {
                    bye(byes.poll().call());
                }
                long rest = byes.isEmpty() ? REST_MILLIS : (byes.peek().at() - System.nanoTime()) / 1_000_000 + 1;
                selector.select(Math.max(1, Math.min(REST_MILLIS, rest)));
                selector.selectedKeys().clear();
                read(callee);
                read(caller);
            }
        } finally {
            pace.interrupt();
        }
        settle();
        long[] sorted = Arrays.copyOf(latencies, measured);
        Arrays.sort(sorted);
        return new Result(begun, ended, begun - ended, at(sorted, .5), at(sorted, .9), at(sorted, .99), at(sorted, 1));
    }

    /**
     * Wakes the selector when a call is due. A selector waits for whole milliseconds only; one that is asked again and again
     * takes a core, and so the time and the caches of those that it measures.
     */
    private void wake(long start, long gap, int wanted) {
        long next = 0;
        while (next < wanted && !Thread.currentThread().isInterrupted()) {
            long rest = start + next * gap - System.nanoTime();
            if (rest > 0) {
                LockSupport.parkNanos(rest);
            } else {
                selector.wakeup();
                next = Math.max(next + 1, (System.nanoTime() - start) / gap);
            }
        }
    }

    /**
     * Answers until nothing has come for a moment: the host ends the callee's side after the caller's, and a BYE that stays
     * without an answer is repeated for 32 s, into the next run.
     */
    private void settle() throws IOException {
        long giveUp = System.nanoTime() + 2_000_000_000L;
        while (System.nanoTime() < giveUp && selector.select(100) > 0) {
            selector.selectedKeys().clear();
            read(callee);
            read(caller);
        }
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))] / 1e3;
    }

    private void begin() throws IOException {
        Call call = new Call(Long.toString(serial++, 36));
        calls.put(call.id, call);
        if (kind == Kind.OPTIONS) {
            send(caller, target, request("OPTIONS", "sip:127.0.0.1:" + target.getPort(), call, 1, ""));
            return;
        }
        String sdp = OFFER;
        send(caller, target, request("INVITE", "sip:+4930555600@127.0.0.1:" + target.getPort(), call, 1, sdp));
    }

    private String request(String method, String uri, Call call, int cseq, String body) {
        return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + port(caller) + ";branch=z9hG4bK"
                + call.id
                + method + "\r\nMax-Forwards: 70\r\n" + call.route
                + "From: <sip:+493012345@127.0.0.1:" + port(caller) + ">;tag=" + call.id + "\r\nTo: "
                + (call.to.isEmpty() ? "<sip:+4930555600@127.0.0.1>" : call.to) + "\r\nCall-ID: " + call.id
                + "\r\nCSeq: "
                + cseq + " " + method + "\r\nContact: <sip:127.0.0.1:" + port(caller) + ">\r\n"
                + (body.isEmpty() ? "" : "Content-Type: application/sdp\r\n") + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private void bye(Call call) throws IOException {
        send(caller, target, request("BYE", call.target, call, 2, ""));
    }

    private void send(DatagramChannel from, InetSocketAddress to, String text) throws IOException {
        buffer.clear();
        buffer.put(text.getBytes(StandardCharsets.ISO_8859_1)).flip();
        from.send(buffer, to);
    }

    private void read(DatagramChannel channel) throws IOException {
        while (true) {
            buffer.clear();
            InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
            if (from == null) {
                return;
            }
            buffer.flip();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            if (text.startsWith("SIP/2.0 ")) {
                response(text);
            } else {
                serve(channel, from, text);
            }
        }
    }

    private static String header(String text, String name) {
        int at = text.indexOf("\r\n" + name + ": ");
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 4;
        return text.substring(from, text.indexOf("\r\n", from));
    }

    private void response(String text) throws IOException {
        Call call = calls.get(header(text, "Call-ID"));
        int status = Integer.parseInt(text.substring(8, 11));
        if (call == null || call.over || status == 100) {
            return;
        }
        boolean bye = header(text, "CSeq").endsWith("BYE");
        if (status == 180 || status >= 300 || kind == Kind.OPTIONS) {
            if (call.rang == 0) {
                call.rang = System.nanoTime();
                if (measured == latencies.length) {
                    latencies = Arrays.copyOf(latencies, measured * 2);
                }
                latencies[measured++] = call.rang - call.began;
            }
        }
        if (bye || kind == Kind.OPTIONS) {
            over(call);
        } else if (status >= 300) {
            call.to = header(text, "To");
            send(
                    caller,
                    target,
                    request("ACK", "sip:+4930555600@127.0.0.1:" + target.getPort(), call, 1, "")
                            .replace(call.id + "ACK", call.id + "INVITE"));
            if (status == 302 && kind == Kind.REDIRECT) {
                over(call);
            }
        } else if (status == 200 && call.target.isEmpty()) {
            call.to = header(text, "To");
            String contact = header(text, "Contact");
            call.target = contact.substring(contact.indexOf('<') + 1, contact.indexOf('>'));
            String route = header(text, "Record-Route");
            call.route = route.isEmpty() ? "" : "Route: " + route + "\r\n";
            send(caller, target, request("ACK", call.target, call, 1, ""));
            byes.add(new Due(System.nanoTime() + talk, call));
        }
    }

    private void over(Call call) {
        call.over = true;
        ended++;
        calls.remove(call.id);
    }

    /** The callee: 180 and 200 at once. */
    private void serve(DatagramChannel channel, InetSocketAddress from, String text) throws IOException {
        if (text.startsWith("INVITE")) {
            send(channel, from, answer(text, "180 Ringing", channel, false));
            send(channel, from, answer(text, "200 OK", channel, true));
        } else if (!text.startsWith("ACK")) {
            send(channel, from, answer(text, "200 OK", channel, false));
        }
    }

    private String answer(String text, String status, DatagramChannel channel, boolean sdp) {
        StringBuilder response =
                new StringBuilder(1_024).append("SIP/2.0 ").append(status).append("\r\n");
        int at = text.indexOf("\r\n") + 2;
        while (!text.startsWith("\r\n", at)) {
            int end = text.indexOf("\r\n", at);
            String line = text.substring(at, end);
            if (line.startsWith("Via:")
                    || line.startsWith("From:")
                    || line.startsWith("Call-ID:")
                    || line.startsWith("CSeq:")
                    || line.startsWith("Record-Route:")) {
                response.append(line).append("\r\n");
            } else if (line.startsWith("To:")) {
                response.append(line).append(line.contains(";tag=") ? "\r\n" : ";tag=callee\r\n");
            }
            at = end + 2;
        }
        response.append("Contact: <sip:127.0.0.1:").append(port(channel)).append(">\r\n");
        if (sdp) {
            response.append("Content-Type: application/sdp\r\nContent-Length: ")
                    .append(ANSWER.length())
                    .append("\r\n\r\n")
                    .append(ANSWER);
        } else {
            response.append("Content-Length: 0\r\n\r\n");
        }
        return response.toString();
    }

    @Override
    public void close() throws IOException {
        caller.close();
        callee.close();
        selector.close();
    }
}
