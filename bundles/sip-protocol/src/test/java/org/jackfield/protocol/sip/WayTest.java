package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By which transport messages leave, against plain sockets (RFC 3261 section 18). */
class WayTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int LONG = 1_301;

    private final List<ServerTransaction> taken = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final SipListener listener = new SipListener() {
        @Override
        public void onRequest(ServerTransaction transaction) {
            taken.add(transaction);
        }

        @Override
        public void onUnread(Flow flow, int bytes) {
            heard.add("unread " + flow.remote().getPort());
        }
    };
    private final ResponseHandler handler = new Noting(heard);
    private SipStack stack;
    private DatagramSocket udp;

    @BeforeEach
    void open() throws IOException {
        stack = SipStack.start(SipConfig.of("127.0.0.1", 0), listener);
        udp = new DatagramSocket(0, LOOPBACK);
        udp.setSoTimeout(5_000);
    }

    @AfterEach
    void close() {
        stack.close();
        udp.close();
    }

    /** A request by UDP to the port of {@link #udp}, padded to so many bytes. */
    private ClientTransaction send(SipStack from, String method, int length) {
        return send(from, method, length, Protocol.UDP);
    }

    private ClientTransaction send(SipStack from, String method, int length, Protocol protocol) {
        AtomicReference<ClientTransaction> sent = new AtomicReference<>();
        from.execute(() -> sent.set(from.send(
                padded(from, method, length),
                new Hop(protocol, new InetSocketAddress(LOOPBACK, udp.getLocalPort())),
                handler)));
        return await().until(sent::get, transaction -> transaction != null);
    }

    private static SipMessage padded(SipStack from, String method, int length) {
        int padding = length / 2;
        SipMessage message = written(from, method, padding);
        while (message.length() != length) { // branches differ in length
            padding += length - message.length();
            message = written(from, method, padding);
        }
        return message;
    }

    private static SipMessage written(SipStack from, String method, int padding) {
        return from.request(method, "sip:b@127.0.0.1", Protocol.UDP)
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.FROM, "<sip:a@x>;tag=1")
                .add(SipHeader.TO, "<sip:b@y>")
                .add(SipHeader.CALL_ID, "c")
                .add(SipHeader.CSEQ, "1 " + method)
                .add("X-Padding", "p".repeat(padding))
                .build();
    }

    private String datagram() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        udp.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    }

    private static SipMessage read(Socket connection) throws Exception {
        connection.setSoTimeout(5_000);
        TcpFramer framer = new TcpFramer(SipLimits.DEFAULT);
        InputStream in = connection.getInputStream();
        byte[] message = framer.next();
        while (message == null) {
            byte[] room = framer.room(4_096);
            int count = in.read(room, framer.offset(), 4_096);
            assertThat(count).as("bytes of the next message").isPositive();
            framer.added(count);
            message = framer.next();
        }
        return SipParser.parse(message);
    }

    private static byte[] answer(SipMessage request, int status) {
        return ServerTransaction.prepare(request, new InetSocketAddress(LOOPBACK, 5060), status, "X", "9")
                .build()
                .toBytes();
    }

    private static void write(Socket connection, byte[] bytes) throws IOException {
        OutputStream out = connection.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Section 18.1.1: above 1300 bytes a request goes by TCP, and everything of its transaction with it. */
    @Test
    void longRequestGoesByTcpAndSoDoItsCancelAndTheAckOfItsRefusal() throws Exception {
        try (ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            server.setSoTimeout(5_000);
            ClientTransaction invite = send(stack, "INVITE", LONG);
            try (Socket connection = server.accept()) {
                SipMessage request = read(connection);
                assertThat(request.length()).isEqualTo(LONG);
                assertThat(request.first(SipHeader.VIA))
                        .isEqualTo("SIP/2.0/TCP 127.0.0.1:" + stack.port() + ";rport;branch=" + request.branch());
                write(connection, answer(request, 180));
                await().until(() -> heard.contains("180"));
                stack.execute(invite::cancel);
                SipMessage cancel = read(connection);
                assertThat(cancel.methodText()).isEqualTo("CANCEL");
                assertThat(cancel.first(SipHeader.VIA)).isEqualTo(request.first(SipHeader.VIA));
                write(connection, answer(request, 487));
                SipMessage ack = read(connection);
                assertThat(ack.methodText()).isEqualTo("ACK");
                assertThat(ack.first(SipHeader.VIA)).isEqualTo(request.first(SipHeader.VIA));
            }
        }
        await().untilAsserted(() -> assertThat(heard).containsExactly("180", "487"));
    }

    @Test
    void requestOfThirteenHundredBytesIsADatagram() throws Exception {
        send(stack, "OPTIONS", LONG - 1);
        assertThat(datagram()).hasSize(LONG - 1).contains("\r\nVia: SIP/2.0/UDP ");
    }

    /** Section 18.1.1: who takes no connection gets it by UDP after all, at once, and the next one without a detour. */
    @Test
    void longRequestToAPeerWithoutTcpIsADatagram() throws Exception {
        send(stack, "INVITE", LONG);
        String first = datagram();
        assertThat(first).hasSize(LONG).contains("\r\nVia: SIP/2.0/UDP 127.0.0.1:" + stack.port() + ";rport;branch=");
        udp.send(reply(SipParser.parse(first.getBytes(StandardCharsets.ISO_8859_1)), 200));
        await().until(() -> heard.contains("200"));
        try (ServerSocket late = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            send(stack, "OPTIONS", 2_000);
            assertThat(datagram()).hasSize(2_000);
            late.setSoTimeout(1);
            assertThat(nobodyComes(late)).isTrue();
        }
    }

    private static boolean nobodyComes(ServerSocket server) throws IOException {
        try (Socket connection = server.accept()) {
            return connection == null;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private DatagramPacket reply(SipMessage request, int status) {
        byte[] bytes = answer(request, status);
        return new DatagramPacket(bytes, bytes.length, LOOPBACK, stack.port());
    }

    @Test
    void stackWithoutTcpSendsLongRequestsAsDatagrams() throws Exception {
        SipConfig config = SipConfig.of("127.0.0.1", 0).withProtocols(EnumSet.of(Protocol.UDP));
        try (SipStack plain = SipStack.start(config, listener);
                ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            send(plain, "OPTIONS", LONG);
            assertThat(datagram()).hasSize(LONG).contains("\r\nVia: SIP/2.0/UDP ");
            server.setSoTimeout(1);
            assertThat(nobodyComes(server)).isTrue();
        }
    }

    @Test
    void lengthIsASetting() throws Exception {
        SipConfig config = SipConfig.of("127.0.0.1", 0).withLimits(SipLimits.DEFAULT.withDatagram(3_000));
        try (SipStack other = SipStack.start(config, listener)) {
            send(other, "OPTIONS", 3_000);
            assertThat(datagram()).hasSize(3_000);
        }
    }

    private static String invite(int port) {
        return "INVITE sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:" + port
                + ";branch=z9hG4bK77\r\nFrom: <sip:b@x>;tag=9\r\nTo: <sip:a@x>\r\nCall-ID: d\r\nCSeq: 1 INVITE\r\n"
                + "Contact: <sip:b@127.0.0.1>\r\nContent-Length: 0\r\n\r\n";
    }

    private ServerTransaction takenBy(Socket connection, int port) throws IOException {
        write(connection, invite(port).getBytes(StandardCharsets.ISO_8859_1));
        await().until(() -> !taken.isEmpty());
        return taken.get(0);
    }

    /** Section 18.2.2: the connection of the request is lost while it rings; the answer comes by another one. */
    @Test
    void answerComesByAnotherConnectionWhenThatOfTheRequestIsGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
            server.setSoTimeout(5_000);
            ServerTransaction invite;
            try (Socket first = new Socket(LOOPBACK, stack.port())) {
                invite = takenBy(first, server.getLocalPort());
                stack.execute(() -> invite.respond(180, "Ringing"));
                assertThat(read(first).status()).isEqualTo(180);
                first.setSoLinger(true, 0);
            }
            stack.execute(() -> invite.respond(200, "OK"));
            try (Socket second = server.accept()) {
                assertThat(read(second).status()).isEqualTo(200);
                assertThat(read(second).status()).as("repeated until the ACK").isEqualTo(200);
            }
        }
    }

    /** A peer that sends and does not read is given up before its answers fill the memory. */
    @Test
    void connectionWhosePeerDoesNotReadIsClosedAndOthersGoOn() throws Exception {
        try (Socket deaf = new Socket()) {
            deaf.setReceiveBufferSize(4_096);
            deaf.connect(new InetSocketAddress(LOOPBACK, stack.port()));
            ServerTransaction invite = takenBy(deaf, deaf.getLocalPort());
            SipMessage large = invite.response(183, "Session Progress")
                    .body("text/plain", new byte[60_000])
                    .build();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                stack.execute(() -> {
                    for (int i = 0; i < 20; i++) {
                        invite.respond(large);
                    }
                });
                return closed(deaf);
            });
            assertThat(heard).containsExactly("unread " + deaf.getLocalPort());
            try (Socket other = new Socket(LOOPBACK, stack.port())) {
                write(other, options().getBytes(StandardCharsets.ISO_8859_1));
                await().until(() -> taken.size() == 2);
                stack.execute(() -> taken.get(1).respond(200, "OK"));
                assertThat(read(other).status()).isEqualTo(200);
            }
        }
    }

    private static String options() {
        return invite(1).replace("INVITE", "OPTIONS").replace("z9hG4bK77", "z9hG4bK78");
    }

    /** True when the stack has closed it, seen by what can be written and never by what can be read. */
    private static boolean closed(Socket connection) {
        try {
            write(connection, "\r\n".getBytes(StandardCharsets.ISO_8859_1));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** What cannot leave at all is told at once, not when a timer is over. */
    @Test
    void datagramToTheOtherFamilyFailsAtOnce() throws Exception {
        Hop other = new Hop(Protocol.UDP, new InetSocketAddress(InetAddress.getByName("::1"), 5060));
        stack.execute(() -> stack.send(written(stack, "OPTIONS", 1), other, handler));
        await().atMost(Duration.ofSeconds(2)).until(() -> heard.contains("TRANSPORT"));
    }

    /** Section 18: a connection that the stack opened goes when nobody uses it, and the next request opens another one. */
    @Test
    void connectionThatNobodyUsesIsClosed() throws Exception {
        SipTimers impatient = new SipTimers(10, 100, 100, 700);
        try (ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK);
                SipStack other = SipStack.start(SipConfig.of("127.0.0.1", 0).withTimers(impatient), listener)) {
            server.setSoTimeout(5_000);
            send(other, "OPTIONS", LONG);
            try (Socket connection = server.accept()) {
                write(connection, answer(read(connection), 200));
                assertThat(connection.getInputStream().read()).isEqualTo(-1);
            }
            send(other, "OPTIONS", LONG);
            try (Socket next = server.accept()) {
                assertThat(read(next).methodText()).isEqualTo("OPTIONS");
            }
        }
    }

    private ClientTransaction sendByTcp(String method) {
        return send(stack, method, 400, Protocol.TCP);
    }

    /** It may be lost although it was written: what shows is the end of the connection. */
    @Test
    void requestWhoseConnectionEndsBeforeTheAnswerGoesOnceMoreByANewOne() throws Exception {
        try (ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            server.setSoTimeout(5_000);
            sendByTcp("OPTIONS");
            SipMessage lost;
            try (Socket first = server.accept()) {
                write(first, answer(read(first), 200));
                await().until(() -> heard.contains("200"));
                sendByTcp("INVITE");
                lost = read(first);
                first.setSoLinger(true, 0);
            }
            try (Socket second = server.accept()) {
                SipMessage again = read(second);
                assertThat(again.toBytes()).isEqualTo(lost.toBytes());
                write(second, answer(again, 486));
                assertThat(read(second).methodText()).isEqualTo("ACK");
                await().until(() -> heard.contains("486"));
                sendByTcp("MESSAGE");
                read(second);
            }
            try (Socket third = server.accept()) {
                read(third);
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> heard.contains("TRANSPORT")); // once, not for ever
            server.setSoTimeout(1);
            assertThat(nobodyComes(server)).isTrue();
        }
        assertThat(heard).containsExactly("200", "486", "TRANSPORT");
    }

    /** A peer that is gone is told at once, not when timer F is over. */
    @Test
    void requestWhosePeerGoesAwayFailsAtOnce() throws Exception {
        try (ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            server.setSoTimeout(5_000);
            sendByTcp("OPTIONS");
            try (Socket connection = server.accept()) {
                read(connection);
                server.close();
                connection.setSoLinger(true, 0);
            }
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> heard.contains("TRANSPORT"));
    }

    /** A peer that closes a connection takes connections all the same: its long requests stay with TCP. */
    @Test
    void longRequestWhoseConnectionEndsStaysWithTcp() throws Exception {
        try (ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            server.setSoTimeout(5_000);
            send(stack, "INVITE", LONG);
            try (Socket first = server.accept()) {
                read(first);
                first.setSoLinger(true, 0);
            }
            try (Socket second = server.accept()) {
                write(second, answer(read(second), 486));
                assertThat(read(second).methodText()).isEqualTo("ACK");
                send(stack, "OPTIONS", LONG);
                assertThat(read(second).methodText()).isEqualTo("OPTIONS");
            }
        }
    }

    /** Section 18.2.2: what rings goes on, and the answer comes by the peer's own connection. */
    @Test
    void connectionThatEndsWhileItRingsChangesNothing() throws Exception {
        try (ServerSocket server = new ServerSocket(udp.getLocalPort(), 5, LOOPBACK)) {
            server.setSoTimeout(5_000);
            sendByTcp("INVITE");
            SipMessage invite;
            try (Socket first = server.accept()) {
                invite = read(first);
                write(first, answer(invite, 180));
                await().until(() -> heard.contains("180"));
                first.setSoLinger(true, 0);
            }
            try (Socket own = new Socket(LOOPBACK, stack.port())) {
                write(own, answer(invite, 200));
                await().until(() -> heard.contains("200"));
            }
            server.setSoTimeout(1);
            assertThat(nobodyComes(server)).isTrue();
        }
        assertThat(heard).containsExactly("180", "200");
    }

    /** More connections of one source than allowed are closed, and their room is there again when others go. */
    @Test
    void connectionsOfOneSourceAreCounted() throws Exception {
        SipLimits two = new SipLimits(65_535, 16_384, 256, 100, 2, SipLimits.DATAGRAM);
        try (SipStack narrow = SipStack.start(SipConfig.of("127.0.0.1", 0).withLimits(two), listener);
                Socket first = new Socket(LOOPBACK, narrow.port())) {
            try (Socket second = new Socket(LOOPBACK, narrow.port());
                    Socket third = new Socket(LOOPBACK, narrow.port())) {
                third.setSoTimeout(5_000);
                assertThat(third.getInputStream().read()).isEqualTo(-1);
                pong(first);
                pong(second);
            }
            await().untilAsserted(() -> {
                try (Socket fourth = new Socket(LOOPBACK, narrow.port())) {
                    pong(fourth);
                }
            });
        }
    }

    /** RFC 5626 section 3.5.1. */
    private static void pong(Socket connection) throws IOException {
        connection.setSoTimeout(2_000);
        write(connection, "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(connection.getInputStream().readNBytes(2)).containsExactly('\r', '\n');
    }
}
