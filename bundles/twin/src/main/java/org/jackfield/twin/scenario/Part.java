package org.jackfield.twin.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipParseException;
import org.jackfield.protocol.sip.SipParser;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.twin.sbc.Checks;
import org.jackfield.twin.sbc.Microsoft;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * One leg as a scenario plays it: what the host sends is noted and can be waited for, what this side says is said at once.
 * Methods are for the scenario's thread and block for a few seconds at most; requests in the dialog are answered by
 * themselves unless they are {@link #keep kept}.
 */
final class Part {
    private static final long PATIENCE = 5_000;

    private final UserAgent agent;
    private final String name;
    private final Media media;
    private final UUID call;
    private final @Nullable Checks checks;
    private final List<Heard> heard = new ArrayList<>();
    private final long since = System.nanoTime();
    private volatile @Nullable Leg leg;
    private volatile String kept = "";
    private volatile boolean acknowledging = true;
    private volatile boolean acked;

    /** One message of the host. */
    private static final class Heard {
        private final String kind;
        private final SipMessage message;
        private final @Nullable ServerTransaction transaction;
        private final long at = System.nanoTime();
        private boolean taken;
        private boolean settled;

        Heard(String kind, SipMessage message, @Nullable ServerTransaction transaction) {
            this.kind = kind;
            this.message = message;
            this.transaction = transaction;
        }
    }

    /**
     * A part.
     *
     * @param call the id that Teams names in Reason
     * @param checks judges what comes as Teams would, null for the ACD
     */
    Part(UserAgent agent, String name, Media media, UUID call, @Nullable Checks checks) {
        this.agent = agent;
        this.name = name;
        this.media = media;
        this.call = call;
        this.checks = checks;
    }

    Media media() {
        return media;
    }

    // what this side says

    /** Takes the leg; on the user agent's thread. */
    void take(Leg taken) {
        leg = taken;
        taken.listen(events());
    }

    void call(Function<Leg.Events, Leg> dial) {
        act(() -> leg = dial.apply(events()));
    }

    void ring(int status) {
        ring(status, "", "");
    }

    /** A provisional answer of one of several phones. */
    void ring(int status, String fork, String sdp) {
        act(() -> leg().ring(status, status == 180 ? "Ringing" : "Session Progress", fork, sdp));
    }

    void accept() {
        accept("", media.flowing());
    }

    void accept(String fork, String sdp) {
        act(() -> accepted(fork, sdp));
    }

    /** Answers after this long, whatever happens meanwhile. */
    void acceptLater(long millis) {
        later(millis, () -> accepted("", media.flowing()));
    }

    /** Teams gives an answered call up when no ACK comes in 4 s. */
    private void accepted(String fork, String sdp) {
        Leg known = leg();
        known.answer(fork, sdp, writer -> {});
        Checks judge = checks;
        if (judge != null) {
            later(Microsoft.ACK_MS, () -> {
                if (known.phase() == Leg.Phase.UP && !acked) {
                    judge.noAck(known);
                    known.hangUp(Microsoft.noAck(call));
                }
            });
        }
    }

    void refuse(int status, Consumer<SipWriter> more) {
        act(() -> leg().refuse(status, "Refused", more));
    }

    /** Does not acknowledge the host's 200 until {@link #acknowledge}. */
    void holdAck() {
        acknowledging = false;
    }

    void acknowledge() {
        act(() -> leg().acknowledge());
    }

    /** Takes the INVITE back. */
    void cancel(Consumer<SipWriter> more) {
        act(() -> leg().cancel(more));
    }

    /** Ends an established leg; what the BYE is answered with. */
    int hangUp() {
        return hangUp(writer -> {});
    }

    int hangUp(Consumer<SipWriter> more) {
        Answer answer = new Answer(name + ": answer to BYE");
        act(() -> leg().hangUp(more, answer));
        return answer.get().status();
    }

    /** Ends the leg if it is not over; for the end of a scenario, from any thread. */
    void drop() {
        Leg known = leg;
        if (known != null) {
            agent.thread().execute(known::hangUp);
        }
    }

    /** Knows nothing of the call any more. */
    void forget() {
        act(() -> leg().forget());
    }

    /** Sends a request in the dialog; the final answer. */
    SipMessage ask(String method, Consumer<SipWriter> more) {
        Answer answer = new Answer(name + ": answer to " + method);
        act(() -> leg().send(method, more, answer));
        return answer.get();
    }

    /** The same from the proxy's other address. */
    SipMessage askFrom(UserAgent other, String method, Consumer<SipWriter> more) {
        Answer answer = new Answer(name + ": answer to " + method + " from the other address");
        act(() -> leg().sendFrom(other, method, more, answer));
        return answer.get();
    }

    /** A re-INVITE; the final answer. */
    SipMessage change(String sdp) {
        return change(sdp, writer -> {});
    }

    SipMessage change(String sdp, Consumer<SipWriter> more) {
        return changing(sdp, more).get();
    }

    /** A re-INVITE whose answer is waited for later. */
    Answer changing(String sdp, Consumer<SipWriter> more) {
        Answer answer = new Answer(name + ": answer to re-INVITE");
        act(() -> leg().change(sdp, more, answer));
        return answer;
    }

    /** Requests of this method in the dialog wait for {@link #answerKept} from now on; empty for none. */
    void keep(String method) {
        kept = method;
    }

    /** Answers a kept request that {@link #next} has told of. */
    void answerKept(String method, int status, String sdp) {
        ServerTransaction transaction = kept(method);
        act(() -> leg().respond(transaction, status, status < 300 ? "OK" : "Refused", body(sdp)));
    }

    private ServerTransaction kept(String method) {
        synchronized (heard) {
            for (Heard each : heard) {
                ServerTransaction transaction = each.transaction;
                if (each.kind.equals(method) && transaction != null && !each.settled) {
                    each.settled = true;
                    return transaction;
                }
            }
        }
        throw new Missing(name + ": a kept " + method);
    }

    // what the host says

    /** Looks at the leg on its own thread. */
    void judge(Consumer<Leg> how) {
        act(() -> how.accept(leg()));
    }

    SipMessage invite() {
        return copy(leg().invite());
    }

    String callId() {
        return leg().sipCallId();
    }

    /** This side's tag. */
    String tag() {
        return leg().tag();
    }

    boolean up() {
        return leg().phase() == Leg.Phase.UP;
    }

    /** Waits for an answer to the INVITE with this status. */
    SipMessage next(int status) {
        return next(String.valueOf(status));
    }

    /** Waits for a request of this method, or an answer to the INVITE with this status. */
    SipMessage next(String kind) {
        return next(kind, PATIENCE);
    }

    SipMessage next(String kind, long millis) {
        return take(kind, each -> each.kind.equals(kind), millis).message;
    }

    /** Waits for a request in the dialog that is like this. */
    SipMessage next(String kind, String what, Predicate<SipMessage> wanted) {
        return take(what, each -> each.kind.equals(kind) && wanted.test(each.message), PATIENCE).message;
    }

    /** Waits for a final answer to the INVITE. */
    SipMessage answered() {
        return take("final answer", each -> each.message.status() >= 200, PATIENCE).message;
    }

    /** Waits for 200 to the INVITE. */
    SipMessage accepted() {
        return accepted(PATIENCE);
    }

    SipMessage accepted(long millis) {
        SipMessage answer = take("final answer", each -> each.message.status() >= 200, millis).message;
        if (answer.status() >= 300) {
            throw new Missing(name + ": 200 to the INVITE (it was answered " + answer.status() + ")");
        }
        return answer;
    }

    /** Waits for the ACK of the 200. */
    Part confirmed() {
        if (!acked) {
            next("ACK");
        }
        return this;
    }

    /** How often this came. */
    long count(String kind) {
        synchronized (heard) {
            return heard.stream().filter(each -> each.kind.equals(kind)).count();
        }
    }

    /** Milliseconds from the beginning until this came first, -1 when it did not. */
    long millisTo(String... kinds) {
        synchronized (heard) {
            return heard.stream()
                    .filter(each -> List.of(kinds).contains(each.kind))
                    .mapToLong(each -> (each.at - since) / 1_000_000)
                    .findFirst()
                    .orElse(-1);
        }
    }

    /** What came so far, in order. */
    List<String> kinds() {
        synchronized (heard) {
            return heard.stream().map(each -> each.kind).toList();
        }
    }

    private Heard take(String what, Predicate<Heard> wanted, long millis) {
        long deadline = System.nanoTime() + millis * 1_000_000;
        synchronized (heard) {
            while (true) {
                for (Heard each : heard) {
                    if (!each.taken && wanted.test(each)) {
                        each.taken = true;
                        return each;
                    }
                }
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new Missing(name + ": " + what + " within " + millis + " ms (it heard "
                            + heard.stream().map(each -> each.kind).toList() + ")");
                }
                pause(left);
            }
        }
    }

    private void pause(long millis) {
        try {
            heard.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Missing(name + ": interrupted");
        }
    }

    private void note(String kind, SipMessage message, @Nullable ServerTransaction transaction) {
        synchronized (heard) {
            heard.add(new Heard(kind, copy(message), transaction));
            heard.notifyAll();
        }
    }

    /** A message of its own for the other thread: what was decoded is remembered without a lock. */
    private static SipMessage copy(SipMessage message) {
        try {
            return SipParser.parse(message.toBytes());
        } catch (SipParseException e) {
            throw new IllegalStateException("message that was parsed before: " + e.getMessage(), e);
        }
    }

    private Leg leg() {
        Leg known = leg;
        if (known == null) {
            throw new Missing(name + ": a leg");
        }
        return known;
    }

    private void act(Runnable task) {
        try {
            agent.thread().submit(task).get(PATIENCE, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Missing(name + ": interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Missing missing) {
                throw missing;
            }
            throw new Missing(name + ": " + e.getCause());
        } catch (TimeoutException e) {
            throw new Missing(name + ": its own thread within " + PATIENCE + " ms");
        }
    }

    private void later(long millis, Runnable task) {
        var scheduled = agent.thread().schedule(task, millis, TimeUnit.MILLISECONDS);
        if (scheduled.isCancelled()) {
            throw new Missing(name + ": a timer");
        }
    }

    private static Consumer<SipWriter> body(String sdp) {
        return writer -> {
            if (!sdp.isEmpty()) {
                writer.body(Sdp.TYPE, sdp);
            }
        };
    }

    private Leg.Events events() {
        return new Events();
    }

    /** The answer to a request of this side; any thread may tell it. */
    static final class Answer implements ResponseHandler {
        private final String what;
        private final CompletableFuture<SipMessage> answer = new CompletableFuture<>();

        Answer(String what) {
            this.what = what;
        }

        /** Waits for the final answer. */
        SipMessage get() {
            try {
                return answer.get(PATIENCE, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Missing(what + ": interrupted");
            } catch (ExecutionException e) {
                throw new Missing(what + " (" + e.getCause() + ")");
            } catch (TimeoutException e) {
                throw new Missing(what + " within " + PATIENCE + " ms");
            }
        }

        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            if (response.status() >= 200) {
                answer.complete(copy(response));
            }
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            answer.completeExceptionally(new IllegalStateException(failure.name()));
        }
    }

    /** Notes what happens, and answers what is not kept. */
    private final class Events implements Leg.Events {
        @Override
        public void trying(Leg of, SipMessage response) {
            note("100", response, null);
        }

        @Override
        public void progress(Leg of, SipMessage response) {
            judgeAnswer(of, response);
            note(String.valueOf(response.status()), response, null);
        }

        @Override
        public void answered(Leg of, SipMessage response) {
            judgeAnswer(of, response);
            note("200", response, null);
        }

        @Override
        public boolean acknowledges(Leg of, SipMessage response) {
            return acknowledging;
        }

        @Override
        public void refused(Leg of, int status, @Nullable SipMessage response) {
            if (response != null) {
                note(String.valueOf(status), response, null);
            }
        }

        @Override
        public void acked(Leg of, SipMessage ack) {
            acked = true;
            judge(of, ack);
            note("ACK", ack, null);
        }

        @Override
        public void ended(Leg of, SipMessage by) {
            if (by.method() == SipMethod.BYE) {
                judge(of, by);
            }
            note(by.methodText(), by, null);
        }

        @Override
        public void request(Leg of, ServerTransaction transaction) {
            SipMessage request = transaction.request();
            String method = request.methodText();
            judge(of, request);
            if (kept.equals(method)) {
                note(method, request, transaction);
                return;
            }
            boolean unknown = checks != null
                    && switch (request.method()) {
                        case REFER, UPDATE, INFO, PRACK -> true;
                        default -> false;
                    };
            if (unknown) {
                of.respond(
                        transaction, 405, "Method Not Allowed", writer -> writer.add(SipHeader.ALLOW, agent.allow()));
            } else {
                String sdp = request.method() == SipMethod.INVITE ? media.answer(request.bodyText()) : "";
                of.respond(transaction, 200, "OK", body(sdp));
            }
            note(method, request, null);
        }

        private void judgeAnswer(Leg of, SipMessage response) {
            Checks judge = checks;
            if (judge != null) {
                judge.answer(of, response);
            }
        }

        private void judge(Leg of, SipMessage request) {
            Checks judge = checks;
            if (judge == null) {
                return;
            }
            judge.inDialog(of, request);
            switch (request.method()) {
                case INVITE -> judge.change(of, request);
                case REFER, UPDATE, INFO, PRACK -> judge.unwanted(request);
                default -> {}
            }
        }
    }
}
