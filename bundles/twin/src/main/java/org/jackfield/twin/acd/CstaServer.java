package org.jackfield.twin.acd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.acd.csta.Element;
import org.jackfield.twin.acd.csta.Frame;
import org.jackfield.twin.acd.csta.Link;
import org.jspecify.annotations.Nullable;

/**
 * The ACD's CSTA port: accepts applications and keeps their sessions.
 * Accepting has a thread of its own; sessions live on the ACD's thread.
 */
final class CstaServer implements Routeing, AutoCloseable {
    private static final long HEARTBEAT_MS = 30_000;
    private static final long WATCH_MS = 50;
    private static final String SIDE = "acd";

    private final ServerSocket listener;
    private final Executor thread;
    private final Agents agents;
    private final CallCenter calls;
    private final Timers timers;
    private final Faults faults;
    private final TwinLog log;
    private final int sessionSeconds;
    private final List<CstaSession> sessions = new CopyOnWriteArrayList<>();
    private final Map<String, Asked> asked = new HashMap<>();
    private long lastSession = 9_968_950L;
    private volatile boolean closed;

    /** Who was asked where a call shall go. */
    private record Asked(CstaSession session, String register) {}

    CstaServer(
            int port,
            Executor thread,
            Agents agents,
            CallCenter calls,
            Timers timers,
            Faults faults,
            TwinLog log,
            int sessionSeconds)
            throws IOException {
        this.thread = thread;
        this.agents = agents;
        this.calls = calls;
        this.timers = timers;
        this.faults = faults;
        this.log = log;
        this.sessionSeconds = sessionSeconds;
        this.listener = new ServerSocket(port, 64, InetAddress.getLoopbackAddress());
    }

    void open() {
        run(new Thread(this::accept, "twin-csta"));
        timers.after(HEARTBEAT_MS, this::heartbeat);
        timers.after(WATCH_MS, this::watch);
    }

    int port() {
        return listener.getLocalPort();
    }

    void tell(AgentChange change) {
        sessions.forEach(session -> session.tell(change));
    }

    void tell(CallChange change) {
        sessions.forEach(session -> session.tell(change));
    }

    List<Map<String, Object>> view() {
        return sessions.stream().map(CstaSession::view).toList();
    }

    @Override
    public boolean request(String crossRef, String pilot, AcdCall call, long replyTimeout) {
        for (CstaSession session : sessions) {
            Optional<String> register = session.register(pilot);
            if (session.isOpen() && register.isPresent()) {
                asked.put(crossRef, new Asked(session, register.get()));
                session.routeRequest(crossRef, register.get(), call, replyTimeout);
                return true;
            }
        }
        return false;
    }

    @Override
    public void used(String crossRef, String destination, String calling) {
        Asked who = asked.get(crossRef);
        if (who != null) {
            who.session().routeUsed(crossRef, who.register(), destination, calling);
        }
    }

    @Override
    public void end(String crossRef, @Nullable String error) {
        Asked who = asked.remove(crossRef);
        if (who != null) {
            who.session().routeEnd(crossRef, who.register(), error);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            log.note(SIDE, "csta close: " + e.getMessage());
        }
        sessions.forEach(CstaSession::cut);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                if (faults.isOn("acd.refuse")) {
                    socket.close();
                } else {
                    Link link = new Link(socket, faults, log);
                    submit(() -> welcome(link));
                }
            } catch (IOException e) {
                if (!closed) {
                    log.note(SIDE, "csta accept: " + e.getMessage());
                }
            }
        }
    }

    private void welcome(Link link) {
        String id = String.format("%09d", ++lastSession);
        CstaSession session = new CstaSession(id, link, agents, calls, timers, faults, log, sessionSeconds);
        sessions.add(session);
        log.note(SIDE, "csta connected", "session", id);
        link.start(
                new Link.Owner() {
                    @Override
                    public void received(Frame frame, Element message) {
                        submit(() -> session.received(frame, message));
                    }

                    @Override
                    public void closed(String reason) {
                        log.note(SIDE, "csta closed", "session", id, "reason", reason);
                        submit(() -> leave(session));
                    }
                },
                CstaServer::run);
    }

    /** Runs a task on the ACD's thread; when the ACD is closing, it is of no use any more. */
    private void submit(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            log.note(SIDE, "csta is closing");
        }
    }

    /** Calls that wait for an application that is gone go on by the switch's own algorithm. */
    private void leave(CstaSession session) {
        session.gone();
        sessions.remove(session);
        List<String> waiting = new ArrayList<>();
        asked.forEach((crossRef, who) -> {
            if (who.session() == session) {
                waiting.add(crossRef);
            }
        });
        waiting.forEach(crossRef -> {
            asked.remove(crossRef);
            calls.routeEnded(crossRef);
        });
    }

    private void heartbeat() {
        sessions.forEach(CstaSession::heartbeat);
        if (!closed) {
            timers.after(HEARTBEAT_MS, this::heartbeat);
        }
    }

    /** Faults that strike without a message. */
    private void watch() {
        if (faults.isOn("acd.session-dropped")) {
            faults.set("acd.session-dropped", false, 0, 0);
            sessions.forEach(session -> session.terminate("resourceLimitation"));
        }
        if (faults.isOn("acd.link-cut")) {
            faults.set("acd.link-cut", false, 0, 0);
            sessions.forEach(CstaSession::cut);
        }
        if (!closed) {
            timers.after(WATCH_MS, this::watch);
        }
    }

    private static void run(Thread thread) {
        thread.setDaemon(true);
        thread.start();
    }
}
