package org.jackfield.acd.csta;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jackfield.protocol.csta.AgentEvent;
import org.jackfield.protocol.csta.AgentMessage;
import org.jackfield.protocol.csta.AgentState;
import org.jackfield.protocol.csta.CallMessage;
import org.jackfield.protocol.csta.CloseReason;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.CstaError;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaRequest;
import org.jackfield.protocol.csta.CstaServer;
import org.jackfield.protocol.csta.CstaTimer;
import org.jackfield.protocol.csta.Edition;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jackfield.protocol.csta.RouteMessage;
import org.jackfield.protocol.csta.SessionMessage;
import org.jackfield.protocol.csta.SwitchSession;
import org.jspecify.annotations.Nullable;

/** A small switch on loopback whose agents and answers a test scripts. */
final class TestSwitch implements CstaServer.Switch, AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CstaServer server;
    private final AtomicInteger monitors = new AtomicInteger();
    private final Map<String, List<AgentMessage.Item>> states = new ConcurrentHashMap<>();
    private final Map<String, String> ids = new ConcurrentHashMap<>();
    final Map<String, String> crossRefs = new ConcurrentHashMap<>();
    final List<CstaMessage> requests = new CopyOnWriteArrayList<>();
    final List<CstaMessage> notices = new CopyOnWriteArrayList<>();
    final List<SwitchSession> opened = new CopyOnWriteArrayList<>();
    volatile Function<CstaRequest<?>, @Nullable CstaMessage> script = request -> null;
    volatile boolean admits = true;

    TestSwitch() throws IOException {
        this(0, CstaServer.Options.of(Edition.ED4));
    }

    /** Over TLS. */
    TestSwitch(CstaServer.Options options, SSLContext tls) throws IOException {
        server = CstaServer.listen(0, options, CstaTimer.on(timer), this, tls);
    }

    TestSwitch(int port, CstaServer.Options options) throws IOException {
        server = CstaServer.listen(port, options, CstaTimer.on(timer), this);
    }

    int port() {
        return server.port();
    }

    CstaServer server() {
        return server;
    }

    /** The connection that is up. */
    SwitchSession session() {
        return opened.get(opened.size() - 1);
    }

    void agent(String device, String id, AgentMessage.Item... items) {
        ids.put(device, id);
        states.put(device, List.of(items));
    }

    static AgentMessage.Item in(@Nullable String group, AgentState state) {
        return new AgentMessage.Item(group, state, null, null);
    }

    /** Sends an agent event through the monitor on {@code object}. */
    void tell(String object, AgentEvent.Kind kind, String device, String agent, @Nullable String group) {
        session().event(AgentEvent.of(kind, crossRefs.getOrDefault(object, "?"), device, agent, group));
    }

    @Override
    public boolean admit(SessionMessage.Start start) {
        requests.add(start);
        return admits;
    }

    @Override
    public void opened(SwitchSession session) {
        crossRefs.clear();
        opened.add(session);
    }

    @Override
    public CompletionStage<? extends CstaMessage> request(SwitchSession session, CstaRequest<?> request) {
        requests.add(request);
        CstaMessage scripted = script.apply(request);
        CstaMessage answer = scripted != null ? scripted : answer(request);
        return CompletableFuture.completedFuture(answer);
    }

    private CstaMessage answer(CstaRequest<?> request) {
        if (request instanceof MonitorMessage.Start start) {
            String crossRef = "m" + monitors.incrementAndGet();
            crossRefs.put(start.device(), crossRef);
            return new MonitorMessage.Started(crossRef);
        } else if (request instanceof MonitorMessage.Stop) {
            return new MonitorMessage.Stopped();
        } else if (request instanceof AgentMessage.Get get) {
            List<AgentMessage.Item> items = states.get(get.device());
            return new AgentMessage.GetAnswer(
                    items == null ? List.of() : List.of(new AgentMessage.Entry(ids.get(get.device()), true, items)));
        } else if (request instanceof AgentMessage.Set) {
            return new AgentMessage.SetAnswer(null);
        } else if (request instanceof RouteMessage.Register) {
            return new RouteMessage.Registered("r1");
        } else if (request instanceof CallMessage.SingleStepTransfer transfer) {
            return new CallMessage.Transferred(new ConnectionId("C-new", transfer.to()), new ArrayList<>());
        }
        return new CstaError(CstaError.OPERATION, "generic");
    }

    @Override
    public void notice(SwitchSession session, CstaMessage message) {
        notices.add(message);
    }

    @Override
    public void closed(SwitchSession session, CloseReason reason) {}

    <M> List<M> asked(Class<M> kind) {
        return requests.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <M> List<M> said(Class<M> kind) {
        return notices.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public void close() {
        server.close();
        timer.shutdownNow();
    }

    static CstaServer.Options sessions(Duration longest) {
        return new CstaServer.Options(Edition.ED4, longest, Duration.ZERO);
    }
}
