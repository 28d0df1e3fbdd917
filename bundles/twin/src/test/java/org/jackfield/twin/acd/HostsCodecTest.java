package org.jackfield.twin.acd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.AgentState;
import org.jackfield.protocol.csta.CallEvent;
import org.jackfield.protocol.csta.CallMessage;
import org.jackfield.protocol.csta.CloseReason;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.CstaCounters;
import org.jackfield.protocol.csta.CstaErrorException;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaRequest;
import org.jackfield.protocol.csta.CstaSession;
import org.jackfield.protocol.csta.CstaTimer;
import org.jackfield.protocol.csta.Edition;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.protocol.csta.Received;
import org.jackfield.protocol.csta.RouteMessage;
import org.jackfield.protocol.csta.SocketWire;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.twin.AgentFile;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sbc.SbcTwin;
import org.jackfield.twin.sbc.TestPorts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The host's own CSTA session against the twin's server: two codecs that share nothing must understand each other. */
class HostsCodecTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String UUI = "04746f6b656e31";

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final Faults faults = new Faults();
    private final TwinLog log = new TwinLog();
    private final List<CstaMessage> notices = new CopyOnWriteArrayList<>();
    private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    private AcdTwin acd;
    private SbcTwin sbc;

    @BeforeEach
    void start() throws IOException {
        int sbcPort = TestPorts.free();
        acd = new AcdTwin(
                new AcdTwin.Setup(
                        0, 0, hop(sbcPort), AgentFile.read(null), Set.of("600"), "ready", 50, 2_000, 60, null),
                faults,
                log);
        sbc = new SbcTwin(sbcPort, hop(acd.sipPort()), 10, 0, faults, log);
    }

    @AfterEach
    void stop() {
        sbc.close();
        acd.close();
        executor.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(Edition.class)
    void everyEditionIsSpoken(Edition edition) throws Exception {
        try (CstaSession session = connect(edition)) {
            assertThat(session.edition().namespace()).isEqualTo(edition.namespace());
            assertThat(ask(session, new MonitorMessage.Start("4711")).crossRef())
                    .isNotEmpty();
        }
    }

    @Test
    void agentStatesAreReadAsTheyAre() throws Exception {
        try (CstaSession session = connect(Edition.ED4)) {
            ask(session, new MonitorMessage.Start("4711"));
            acd.press("anna", "notReady", "break");
            await().untilAsserted(() -> assertThat(notices).hasSize(1));
            AgentEvent event = (AgentEvent) notices.get(0);
            assertThat(event.kind()).isEqualTo(AgentEvent.Kind.NOT_READY);
            assertThat(event.agentId()).isEqualTo("anna");
            assertThat(event.group()).isEqualTo("600");
            assertThat(event.reason()).isEqualTo("break");
            assertThat(ask(session, new AgentMessage.Set("4711", AgentMessage.Requested.READY, "anna", null, null))
                            .pending())
                    .isNull();
            AgentMessage.GetAnswer state = ask(session, new AgentMessage.Get("4711", null));
            assertThat(state.entries()).hasSize(1);
            assertThat(state.entries().get(0).items().get(0).state()).isEqualTo(AgentState.READY);
        }
    }

    @Test
    void errorsKeepTheirLiteral() throws Exception {
        try (CstaSession session = connect(Edition.ED4)) {
            assertThatThrownBy(() -> ask(session, new MonitorMessage.Start("9999")))
                    .hasCauseInstanceOf(CstaErrorException.class)
                    .hasMessageContaining("invalidDeviceID");
        }
    }

    @Test
    void callIsRoutedEstablishedAndTransferred() throws Exception {
        try (CstaSession session = connect(Edition.ED4)) {
            ask(session, new MonitorMessage.Start("4712"));
            ask(session, new RouteMessage.Register("600"));
            sbc.place("+49170301", "600", 0, "none", UUI + ";encoding=hex");
            RouteMessage.Request request = notice(RouteMessage.Request.class);
            assertThat(request.currentRoute().id()).isEqualTo("600");
            assertThat(request.calling().id()).isEqualTo("+49170301");
            assertThat(request.replyTimeout()).isEqualTo(2_000);
            session.send(new RouteMessage.Select(
                    request.crossRef(), request.registerId(), "4712", List.of(), true, request.correlatorData()));
            assertThat(notice(RouteMessage.Used.class).routeUsed().id()).isEqualTo("4712");
            assertThat(notice(RouteMessage.End.class).error()).isNull();

            CallEvent established = call(CallEvent.Kind.ESTABLISHED);
            assertThat(established.acdCall()).isTrue();
            assertThat(established.subject().id()).isEqualTo("4712");
            String callId = established.connection().callId();
            CallMessage.Transferred answer = ask(
                    session,
                    new CallMessage.SingleStepTransfer(new ConnectionId(callId, "4712"), "+4930555900", null, null));
            CallEvent transferred = call(CallEvent.Kind.TRANSFERED);
            assertThat(transferred.connection().callId()).isEqualTo(callId);
            assertThat(transferred.target().id()).isEqualTo("+4930555900");
            assertThat(transferred.connections().get(1).newConnection().callId())
                    .isEqualTo(answer.transferredCall().callId());
            await().untilAsserted(() -> assertThat(notices)
                    .filteredOn(AgentEvent.class::isInstance)
                    .extracting(notice -> ((AgentEvent) notice).kind())
                    .containsExactly(AgentEvent.Kind.BUSY, AgentEvent.Kind.WORKING_AFTER_CALL, AgentEvent.Kind.READY));
        }
    }

    @Test
    void wrongLengthBadFormatAndCutXmlCloseTheHostsSession() throws Exception {
        for (String fault : List.of("acd.wrong-length", "acd.bad-format", "acd.malformed-xml")) {
            CompletableFuture<CloseReason> reason = new CompletableFuture<>();
            try (CstaSession session = connect(Edition.ED4, reason)) {
                ask(session, new MonitorMessage.Start("4711"));
                faults.set(fault, true, 0, 1);
                acd.press("anna", "notReady", null);
                acd.press("anna", "ready", null);
                assertThat(reason.get(5, TimeUnit.SECONDS).toString()).as(fault).isNotEmpty();
            }
        }
    }

    @Test
    void splitFramesAreReadWhole() throws Exception {
        try (CstaSession session = connect(Edition.ED4)) {
            faults.set("acd.split-frames", true, 0, 0);
            ask(session, new MonitorMessage.Start("4711"));
            acd.press("anna", "notReady", "Rückruf"); // two octets for one character
            assertThat(notice(AgentEvent.class).reason()).isEqualTo("Rückruf");
        }
    }

    private CstaSession connect(Edition edition) throws Exception {
        return connect(edition, closed);
    }

    private CstaSession connect(Edition edition, CompletableFuture<CloseReason> reason) throws Exception {
        CompletableFuture<CstaSession> opened = new CompletableFuture<>();
        CstaSession session = new CstaSession(
                CstaSession.Options.of(edition, "test"),
                CstaTimer.on(executor),
                new CstaCounters(),
                new CstaSession.Listener() {
                    @Override
                    public void opened(CstaSession which) {
                        opened.complete(which);
                    }

                    @Override
                    public void notice(CstaMessage message, Received received) {
                        notices.add(message);
                    }

                    @Override
                    public void closed(CloseReason why) {
                        reason.complete(why);
                    }
                });
        SocketWire.connect("127.0.0.1", acd.cstaPort(), PATIENCE, "test", session);
        return opened.get(5, TimeUnit.SECONDS);
    }

    private static <A extends CstaMessage> A ask(CstaSession session, CstaRequest<A> request) throws Exception {
        return session.request(request, PATIENCE).get(6, TimeUnit.SECONDS);
    }

    private <T extends CstaMessage> T notice(Class<T> kind) {
        return Waiting.until(
                () -> notices.stream().filter(kind::isInstance).map(kind::cast).findFirst());
    }

    private CallEvent call(CallEvent.Kind kind) {
        return Waiting.until(() -> notices.stream()
                .filter(CallEvent.class::isInstance)
                .map(CallEvent.class::cast)
                .filter(event -> event.kind() == kind)
                .findFirst());
    }

    private static Hop hop(int port) {
        return new Hop(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
}
