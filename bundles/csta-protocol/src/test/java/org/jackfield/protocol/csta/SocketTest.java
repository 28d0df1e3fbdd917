package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Both ends over a real socket. */
class SocketTest {
    private final List<CstaMessage> notices = new CopyOnWriteArrayList<>();
    private final List<CloseReason> closed = new CopyOnWriteArrayList<>();
    private final CompletableFuture<CstaSession> open = new CompletableFuture<>();

    private final CstaSession.Listener listener = new CstaSession.Listener() {
        @Override
        public void opened(CstaSession session) {
            open.complete(session);
        }

        @Override
        public void notice(CstaMessage message, Received received) {
            notices.add(message);
        }

        @Override
        public void closed(CloseReason reason) {
            closed.add(reason);
        }
    };

    private static final class Echo implements CstaServer.Switch {
        private final CompletableFuture<SwitchSession> session = new CompletableFuture<>();

        @Override
        public void opened(SwitchSession opened) {
            session.complete(opened);
        }

        @Override
        public CompletionStage<? extends CstaMessage> request(SwitchSession from, CstaRequest<?> request) {
            return CompletableFuture.completedFuture(
                    request instanceof MonitorMessage.Start start
                            ? new MonitorMessage.Started("m" + start.device())
                            : new CstaError(CstaError.OPERATION, "generic"));
        }
    }

    @Test
    void tenThousandEventsArriveInOrderBetweenAnswers() throws Exception {
        var timers = Executors.newSingleThreadScheduledExecutor();
        var echo = new Echo();
        try (var server = CstaServer.listen(0, CstaServer.Options.of(Edition.ED3), CstaTimer.on(timers), echo)) {
            var session = new CstaSession(
                    CstaSession.Options.of(Edition.ED6, "test"), CstaTimer.on(timers), new CstaCounters(), listener);
            SocketWire.connect("127.0.0.1", server.port(), Duration.ofSeconds(5), "test", session);
            open.get(10, TimeUnit.SECONDS);
            assertThat(session.edition()).isEqualTo(Edition.ED6);
            var peer = echo.session.get(10, TimeUnit.SECONDS);
            for (int i = 0; i < 10_000; i++) {
                assertThat(peer.event(AgentEvent.of(AgentEvent.Kind.READY, "m", "d" + i, "a", null)))
                        .isTrue();
            }
            assertThat(session.request(new MonitorMessage.Start("7"), Duration.ofSeconds(10))
                            .get()
                            .crossRef())
                    .isEqualTo("m7");
            await().until(() -> notices.size() == 10_000);
            for (int i = 0; i < 10_000; i++) {
                assertThat(((AgentEvent) notices.get(i)).device().id()).isEqualTo("d" + i);
            }
            session.close();
            await().until(() -> server.sessions().isEmpty());
            assertThat(closed).singleElement().returns(CloseReason.Cause.LOCAL, CloseReason::cause);
        } finally {
            timers.shutdownNow();
        }
    }

    @Test
    void nobodyListeningIsToldAsAReason() {
        var timers = Executors.newSingleThreadScheduledExecutor();
        try {
            var session = new CstaSession(
                    CstaSession.Options.of(Edition.ED4, "test"), CstaTimer.on(timers), new CstaCounters(), listener);
            SocketWire.connect("127.0.0.1", 1, Duration.ofSeconds(5), "test", session);
            await().until(() -> closed.size() == 1);
            assertThat(closed.get(0).cause()).isEqualTo(CloseReason.Cause.CONNECT);
            assertThat(closed.get(0).sentence()).startsWith("connect 127.0.0.1:1: ");
        } finally {
            timers.shutdownNow();
        }
    }
}
