package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTimer timer = new ManualTimer();
    private final CstaCounters counters = new CstaCounters();
    private final List<Frame> sent = new ArrayList<>();
    private final List<CstaMessage> notices = new ArrayList<>();
    private final List<CloseReason> closed = new ArrayList<>();
    private final MessageDecoder decoder = new MessageDecoder();
    private int opened;
    private boolean wireClosed;
    private CstaSession session;

    private final Wire wire = new Wire() {
        private final FrameDecoder frames = new FrameDecoder();

        @Override
        public boolean send(byte[] bytes) {
            try {
                frames.feed(ByteBuffer.wrap(bytes));
                for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                    sent.add(frame);
                }
                return true;
            } catch (CstaFormatException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            wireClosed = true;
        }
    };

    @BeforeEach
    void connect() {
        session = new CstaSession(
                CstaSession.Options.of(Edition.ED4, "host"), timer, counters, new CstaSession.Listener() {
                    @Override
                    public void opened(CstaSession which) {
                        opened++;
                    }

                    @Override
                    public void notice(CstaMessage message, Received received) {
                        notices.add(message);
                    }

                    @Override
                    public void closed(CloseReason reason) {
                        closed.add(reason);
                    }
                });
        session.connected(wire);
    }

    private void say(int invokeId, CstaMessage message) {
        session.received(ByteBuffer.wrap(new Frame(invokeId, MessageEncoder.encode(message, Edition.ED4)).encode()));
    }

    private CstaMessage last() throws CstaFormatException {
        return decoder.decode(sent.get(sent.size() - 1).xml());
    }

    private int lastId() {
        return sent.get(sent.size() - 1).invokeId();
    }

    private void open(int seconds) {
        say(1, new SessionMessage.Started("007", Edition.ED4.namespace(), seconds));
    }

    private static Throwable failure(CompletableFuture<?> future) {
        try {
            future.get();
            throw new AssertionError("answered");
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Conformance("ACD-07")
    void nothingButTheSessionsStartIsSentBeforeItIsOpen() throws Exception {
        assertThat(sent).hasSize(1);
        assertThat(last()).isInstanceOf(SessionMessage.Start.class);
        assertThat(opened).isZero();
        open(600);
        assertThat(opened).isEqualTo(1);
        assertThat(session.sessionId()).isEqualTo("007");
    }

    @Test
    @Conformance("ACD-07")
    void timerIsResetBeforeHalfOfItIsOver() throws Exception {
        open(100);
        timer.advance(Duration.ofSeconds(29));
        int before = sent.size();
        timer.advance(Duration.ofSeconds(21));
        List<CstaMessage> since = new ArrayList<>();
        for (Frame frame : sent.subList(before, sent.size())) {
            since.add(decoder.decode(frame.xml()));
        }
        assertThat(since).contains(new SessionMessage.ResetTimer("007", 180));
    }

    @Test
    @Conformance("ACD-07")
    void refusedStartAndRefusedResetAndTerminationCloseTheConnection() {
        say(1, new SessionMessage.StartRefused("maxNumberSessions"));
        assertThat(closed).singleElement().satisfies(reason -> {
            assertThat(reason.cause()).isEqualTo(CloseReason.Cause.REFUSED);
            assertThat(reason.sentence()).contains("maxNumberSessions");
        });
        assertThat(wireClosed).isTrue();
    }

    @Test
    @Conformance("ACD-07")
    void sessionEndedByTheServerIsOver() {
        open(600);
        say(9999, new SessionMessage.Terminated("007", "resourceLimitation"));
        assertThat(closed).singleElement().returns(CloseReason.Cause.TERMINATED, CloseReason::cause);
        assertThat(session.isOpen()).isFalse();
    }

    @Test
    @Conformance("ACD-05")
    void answersAreMatchedByInvokeIdInAnyOrder() throws Exception {
        open(600);
        var first = session.request(new MonitorMessage.Start("1"), SECOND);
        int firstId = lastId();
        var second = session.request(new MonitorMessage.Start("2"), SECOND);
        int secondId = lastId();
        say(secondId, new MonitorMessage.Started("b"));
        say(firstId, new MonitorMessage.Started("a"));
        assertThat(first.get().crossRef()).isEqualTo("a");
        assertThat(second.get().crossRef()).isEqualTo("b");
    }

    @Test
    @Conformance("ACD-05")
    void invokeIdsRunTo9998SkipOpenOnesAndNever9999() {
        open(600);
        var open = session.request(new MonitorMessage.Start("kept"), Duration.ofHours(1));
        int kept = lastId();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 2 * Frame.MAX_INVOKE_ID; i++) {
            session.request(new MonitorMessage.Stop("x"), SECOND);
            int id = lastId();
            assertThat(id).isBetween(1, 9998).isNotEqualTo(kept);
            seen.add(id);
            say(id, new MonitorMessage.Stopped());
        }
        assertThat(seen).hasSize(9997);
        assertThat(open).isNotDone();
    }

    @Test
    @Conformance("ACD-05")
    void requestIsRefusedWhenAllInvokeIdsAreOpen() {
        open(600);
        for (int i = 0; i < Frame.MAX_INVOKE_ID; i++) {
            session.request(new MonitorMessage.Start("x"), Duration.ofHours(1));
        }
        assertThat(failure(session.request(new MonitorMessage.Start("one too many"), SECOND)))
                .isInstanceOfSatisfying(NoAnswerException.class, e -> {
                    assertThat(e.why()).isEqualTo(NoAnswerException.Why.NO_INVOKE_ID);
                    assertThat(e.sent()).isFalse();
                });
    }

    @Test
    @Conformance("ACD-06")
    void requestWithoutAnAnswerFailsAndALateAnswerIsCountedAndDropped() {
        open(600);
        var asked = session.request(new AgentMessage.Get("4711", null), SECOND);
        int id = lastId();
        timer.advance(Duration.ofMillis(999));
        assertThat(asked).isNotDone();
        timer.advance(Duration.ofMillis(1));
        assertThat(failure(asked))
                .isInstanceOfSatisfying(
                        NoAnswerException.class, e -> assertThat(e.why()).isEqualTo(NoAnswerException.Why.TIMEOUT));
        say(id, new AgentMessage.GetAnswer(List.of()));
        assertThat(counters.late()).isEqualTo(1);
        assertThat(counters.timeouts()).isEqualTo(1);
        assertThat(notices).isEmpty();
        assertThat(closed).isEmpty();
    }

    @Test
    @Conformance("ACD-08")
    void heartbeatOfThePeerAlsoAnEmptyOneIsAnsweredUnderItsInvokeId() throws Exception {
        open(600);
        for (String status : new String[] {null, "normal"}) {
            say(4321, new SystemMessage.Status(status));
            assertThat(last()).isEqualTo(new SystemMessage.StatusAnswer());
            assertThat(lastId()).isEqualTo(4321);
        }
    }

    @Test
    @Conformance("ACD-08")
    void twoMissedHeartbeatsEndTheConnection() throws Exception {
        open(0);
        timer.advance(Duration.ofSeconds(30));
        assertThat(last()).isEqualTo(new SystemMessage.Status("normal"));
        say(lastId(), new SystemMessage.StatusAnswer());
        timer.advance(Duration.ofSeconds(89));
        assertThat(closed).isEmpty();
        timer.advance(Duration.ofSeconds(1));
        assertThat(closed).singleElement().returns(CloseReason.Cause.HEARTBEAT, CloseReason::cause);
    }

    @Test
    @Conformance("ACD-08")
    void heartbeatIsAsOftenAsThePeerExpectsItOnceItHasSaid() throws Exception {
        open(0);
        session.heartbeat(Duration.ofSeconds(5));
        timer.advance(Duration.ofSeconds(30));
        say(lastId(), new SystemMessage.StatusAnswer());
        int before = sent.size();
        timer.advance(Duration.ofSeconds(5));
        assertThat(sent).hasSize(before + 1);
        assertThat(last()).isEqualTo(new SystemMessage.Status("normal"));
        timer.advance(Duration.ofSeconds(10));
        assertThat(closed).singleElement().returns(CloseReason.Cause.HEARTBEAT, CloseReason::cause);
    }

    @Test
    @Conformance("ACD-04")
    void nothingBehindAFaultIsDelivered() {
        open(600);
        byte[] good = new Frame(
                        9999,
                        MessageEncoder.encode(
                                AgentEvent.of(AgentEvent.Kind.READY, "1", "4711", "a", null), Edition.ED4))
                .encode();
        byte[] bad = good.clone();
        bad[0] = 1;
        session.received(ByteBuffer.wrap(FrameTest.join(good, bad, good)));
        assertThat(notices).hasSize(1);
        assertThat(closed).singleElement().satisfies(reason -> {
            assertThat(reason.cause()).isEqualTo(CloseReason.Cause.FORMAT);
            assertThat(reason.fault()).isEqualTo(Fault.FORMAT_INDICATOR);
        });
        session.received(ByteBuffer.wrap(good));
        assertThat(notices).hasSize(1);
        assertThat(counters.refused()).isEqualTo(1);
    }

    @Test
    @Conformance("ACD-04")
    void frameThatIsNeverFinishedEndsTheConnection() {
        open(600);
        session.received(ByteBuffer.wrap(new byte[] {0, 0, 1, 0, '9', '9', '9', '9', '<'}));
        timer.advance(Duration.ofSeconds(10));
        assertThat(closed).singleElement().returns(Fault.INCOMPLETE, CloseReason::fault);
    }

    @Test
    void openRequestsFailWhenTheConnectionEnds() {
        open(600);
        var asked = session.request(new AgentMessage.Get("4711", null), SECOND);
        session.disconnected(CloseReason.of(CloseReason.Cause.PEER, "gone"));
        assertThat(failure(asked))
                .isInstanceOfSatisfying(
                        NoAnswerException.class,
                        e -> assertThat(e.why()).isEqualTo(NoAnswerException.Why.DISCONNECTED));
        assertThat(failure(session.request(new AgentMessage.Get("4711", null), SECOND)))
                .isInstanceOfSatisfying(
                        NoAnswerException.class, e -> assertThat(e.sent()).isFalse());
        assertThat(session.send(new RouteMessage.End("x", null, null, null))).isFalse();
        assertThat(closed).hasSize(1);
    }

    @Test
    void answerOfAnotherKindFailsTheRequest() {
        open(600);
        var asked = session.request(new AgentMessage.Get("4711", null), SECOND);
        say(lastId(), new MonitorMessage.Stopped());
        assertThat(failure(asked))
                .isInstanceOfSatisfying(
                        NoAnswerException.class, e -> assertThat(e.why()).isEqualTo(NoAnswerException.Why.UNEXPECTED));
    }

    @Test
    void refusalKeepsItsCategoryAndLiteral() {
        open(600);
        var asked = session.request(new AgentMessage.Get("4711", null), SECOND);
        say(lastId(), new CstaError(CstaError.OPERATION, "invalidDeviceID"));
        assertThat(failure(asked))
                .isInstanceOfSatisfying(
                        CstaErrorException.class,
                        e -> assertThat(e.error()).isEqualTo(new CstaError(CstaError.OPERATION, "invalidDeviceID")));
    }

    @Test
    @Conformance("ACD-09")
    void editionThatThePeerAnswersIsSpoken() {
        say(1, new SessionMessage.Started("1", Edition.ED3.namespace() + "/priv2", 600));
        session.request(new MonitorMessage.Start("1"), SECOND);
        assertThat(new String(sent.get(sent.size() - 1).xml(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("xmlns=\"" + Edition.ED3.namespace() + "\"");
        assertThatThrownBy(() -> new Frame(10_000, new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closingStopsTheSessionFirst() throws Exception {
        open(600);
        session.close();
        assertThat(last()).isEqualTo(new SessionMessage.Stop("007", "normal"));
        assertThat(closed).singleElement().returns(CloseReason.Cause.LOCAL, CloseReason::cause);
        session.close();
        assertThat(closed).hasSize(1);
    }
}
