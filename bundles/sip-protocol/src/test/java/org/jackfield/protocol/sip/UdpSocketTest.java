package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UdpSocketTest {
    private static final int BUFFER = 4 * 1024 * 1024;
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 0);

    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private final NioEventLoop loop = (NioEventLoop) group.next();
    private final AtomicReference<UdpSocket> socket = new AtomicReference<>();
    private final AtomicBoolean full = new AtomicBoolean();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private DatagramSocket peer;

    @BeforeEach
    void open() throws IOException {
        peer = new DatagramSocket(HERE);
        peer.setReceiveBufferSize(BUFFER);
        peer.setSoTimeout(5_000);
        UdpSocket.bind(
                loop,
                HERE,
                StandardProtocolFamily.INET,
                BUFFER,
                channel -> (datagram, remote) -> full.get() ? 0 : channel.send(datagram, remote),
                (datagram, source) -> {
                    String text = new String(datagram, StandardCharsets.ISO_8859_1);
                    taken.add(text);
                    if (text.equals("bad")) {
                        throw new IllegalStateException("as told");
                    }
                },
                socket::set);
    }

    @AfterEach
    void close() throws Exception {
        loop.submit(() -> socket.get().close()).get(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
        peer.close();
    }

    private boolean send(String text, InetSocketAddress remote) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return loop.submit(() -> socket.get().send(bytes, bytes.length, remote)).get(5, TimeUnit.SECONDS);
    }

    private InetSocketAddress peerAddress() {
        return (InetSocketAddress) peer.getLocalSocketAddress();
    }

    private void fromPeer(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        peer.send(new DatagramPacket(
                bytes,
                bytes.length,
                InetAddress.getByName("127.0.0.1"),
                socket.get().port()));
    }

    /** What the peer gets next, null when nothing comes within the time. */
    private @Nullable String atPeer(int millis) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        peer.setSoTimeout(millis);
        try {
            peer.receive(packet);
        } catch (SocketTimeoutException e) {
            return null;
        }
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void eachDatagramIsTakenWholeAlsoTheLargestAndAfterOneThatFailed() throws Exception {
        String large = "x".repeat(65_507);
        for (String text : List.of("one", "bad", large, "", "four")) {
            fromPeer(text);
            await().until(() -> taken.contains(text));
        }
        assertThat(taken).containsExactly("one", "bad", large, "", "four");

        assertThat(send(large, peerAddress())).isTrue();
        assertThat(atPeer(5_000)).isEqualTo(large);
    }

    @Test
    void whatTheKernelHasNoRoomForWaitsInOrderAndNoMoreThanTheLimit() throws Exception {
        fromPeer("first");
        await().until(() -> taken.contains("first"));
        full.set(true);
        for (int i = 0; i < UdpSocket.MOST_WAITING + 5; i++) {
            assertThat(send("m" + i, peerAddress())).isTrue();
        }
        assertThat(atPeer(50)).isNull();

        full.set(false);

        for (int i = 0; i < UdpSocket.MOST_WAITING; i++) {
            assertThat(atPeer(5_000)).isEqualTo("m" + i);
        }
        assertThat(send("after", peerAddress())).isTrue();
        assertThat(atPeer(5_000)).isEqualTo("after");
    }

    @Test
    void datagramThatCannotGoIsToldAndHarmsNoOther() throws Exception {
        assertThat(send("x", InetSocketAddress.createUnresolved("nowhere.invalid", 5060)))
                .isFalse();
        assertThat(send("x", new InetSocketAddress("::1", 5060))).isFalse();
        assertThat(send("x".repeat(65_536), peerAddress())).isFalse();
        assertThat(send("x".repeat(65_508), peerAddress())).isTrue(); // the kernel refuses it, as a network might

        assertThat(send("y", peerAddress())).isTrue();
        assertThat(atPeer(5_000)).isEqualTo("y");
    }

    @Test
    void addressThatIsTakenIsSaid() {
        assertThatThrownBy(
                        () -> UdpSocket.bind(loop, peerAddress(), null, BUFFER, (datagram, source) -> {}, bound -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Address already in use");
    }
}
