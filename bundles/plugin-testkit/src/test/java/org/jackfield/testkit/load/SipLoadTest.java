package org.jackfield.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.testkit.Ports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Beside something that passes datagrams on between caller and callee and ends the callee's side late, as a B2BUA may. */
class SipLoadTest {
    private static final int LATE_MILLIS = 5;

    private final AtomicInteger byes = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private DatagramSocket between;
    private SipLoad load;

    @BeforeEach
    void starts() throws IOException {
        int caller = Ports.free();
        int callee = Ports.free();
        between = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        load = new SipLoad(caller, callee, between.getLocalPort(), SipLoad.Kind.CALL);
        Thread passing = new Thread(() -> pass(caller, callee), "between");
        passing.setDaemon(true);
        passing.start();
    }

    @AfterEach
    void ends() throws IOException {
        load.close();
        between.close();
        later.shutdownNow();
    }

    private void pass(int caller, int callee) {
        byte[] bytes = new byte[4_096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                between.receive(packet);
                String text = new String(bytes, 0, packet.getLength(), StandardCharsets.ISO_8859_1);
                if (packet.getPort() == callee) {
                    if (text.contains(" BYE\r\n")) {
                        answered.incrementAndGet();
                    } else {
                        send(text, caller);
                    }
                } else if (text.startsWith("BYE")) {
                    send("SIP/2.0 200 OK" + text.substring(text.indexOf("\r\n")), caller);
                    byes.incrementAndGet();
                    later.schedule(() -> send(text, callee), LATE_MILLIS, TimeUnit.MILLISECONDS);
                } else {
                    send(text, callee);
                }
            }
        } catch (IOException e) {
            if (!between.isClosed()) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void send(String text, int port) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            between.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void callsAreBegunByTheClockAndMeasured() throws Exception {
        long start = System.nanoTime();
        SipLoad.Result result = load.run(100, 1, 50);
        assertThat(result.begun()).isEqualTo(100);
        assertThat(result.ended()).isEqualTo(100);
        assertThat(result.lost()).isZero();
        assertThat(result.p50()).isPositive().isLessThanOrEqualTo(result.max());
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(990 + 50));
    }

    @Test
    void whatComesAfterTheLastCallsEndIsAnsweredBeforeARunReturns() throws Exception {
        load.run(20, 1, 0);
        assertThat(byes).hasValue(20);
        // sent before the run returned; it may not have been read here yet
        await().atMost(2, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(answered).hasValue(20));
    }

    /** A generator that asked its sockets without a pause took a core, which those it measures had to share. */
    @Test
    void itSleepsUntilACallIsDue() throws Exception {
        load.run(200, 1, 0);
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long start = System.nanoTime();
        load.run(100, 2, 0);
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(took).isLessThan((System.nanoTime() - start) / 2);
    }
}
