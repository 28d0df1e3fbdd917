package org.jackfield.protocol.sip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request to a peer and the state of its answer (RFC 3261 section 17.1 with RFC 6026).
 * Used on the stack's thread only. Repeats on UDP, the ACK for a final response from 300 on, and the second request that
 * answers a challenge (RFC 3261 section 22.2) are done here.
 */
public final class ClientTransaction {
    /** RFC 3261 figures 5 and 6, RFC 6026 section 7.2; CALLING stands for TRYING too. */
    public enum State {
        CALLING,
        PROCEEDING,
        COMPLETED,
        ACCEPTED,
        TERMINATED
    }

    /**
     * How long a re-INVITE may be thought about, in milliseconds, as long as timer C of a proxy: while it is open nothing
     * else can change (RFC 3261 section 14.1). Who rings is no business of this class.
     */
    private static final long LONGEST_CHANGE = 180_000;

    private final TransactionLayer layer;
    private final Hop hop;
    private final ResponseHandler handler;
    private final @Nullable Login login;
    private final @Nullable Dialog dialog;
    private String key;
    private SipMessage request;
    private Flow flow;
    private final boolean invite;
    private State state = State.CALLING;
    private TimerWheel.@Nullable Timer repeat;
    private TimerWheel.@Nullable Timer giveUp;
    private long interval;
    private @Nullable Consumer<SipWriter> cancelWith;
    private boolean cancelSent;
    private @Nullable SipMessage errorAck;
    private final List<String> forks = new ArrayList<>(1);
    private final Map<String, SentAck> acks = new HashMap<>(2);
    private @Nullable Object attachment;
    private @Nullable Map<String, Long> lastRseq;
    private @Nullable List<String> answered;
    private @Nullable Runnable watching;
    private boolean renewed;

    ClientTransaction(
            TransactionLayer layer,
            SipMessage request,
            Hop hop,
            Flow flow,
            ResponseHandler handler,
            @Nullable Login login,
            @Nullable Dialog dialog) {
        this.layer = layer;
        this.key = keyOf(request);
        this.request = request;
        this.login = login;
        this.dialog = dialog;
        this.hop = hop;
        this.flow = flow;
        this.handler = handler;
        this.invite = request.method() == SipMethod.INVITE;
    }

    private static String keyOf(SipMessage request) {
        String branch = request.branch();
        if (branch == null) {
            throw new IllegalArgumentException("request " + request + ": no branch (expected: one in the Via)");
        }
        return TransactionLayer.clientKey(branch, request);
    }

    void start() {
        SipTimers timers = layer.timers();
        giveUp = layer.wheel().schedule(timers.giveUp(), this::onTimeout); // timers B and F
        if (!flow.protocol().reliable()) {
            interval = timers.t1();
            repeat = layer.wheel().schedule(interval, this::repeat); // timers A and E
        }
        watch();
        transmit();
    }

    /** A connection that ends before there is an answer takes the request with it, however well that was written. */
    private void watch() {
        if (flow.protocol().reliable()) {
            Flow used = flow;
            Runnable ended = () -> {
                if (state == State.CALLING) {
                    onTransportFailure(used);
                }
            };
            watching = ended;
            used.watch(ended);
        }
    }

    private void unwatch() {
        Runnable ended = watching;
        if (ended != null) {
            flow.unwatch(ended);
            watching = null;
        }
    }

    /** The request; after a challenge the one that answers it. */
    public SipMessage request() {
        return request;
    }

    public Hop hop() {
        return hop;
    }

    public State state() {
        return state;
    }

    /** What the user agent keeps with this transaction. */
    public @Nullable Object attachment() {
        return attachment;
    }

    public void attach(@Nullable Object value) {
        attachment = value;
    }

    private void transmit() {
        Flow used = flow;
        used.send(request, () -> onTransportFailure(used));
    }

    private void repeat() {
        transmit();
        if (state == State.TERMINATED) {
            return;
        }
        if (invite) {
            interval *= 2;
        } else {
            interval = state == State.PROCEEDING
                    ? layer.timers().t2()
                    : Math.min(interval * 2, layer.timers().t2());
        }
        repeat = layer.wheel().schedule(interval, this::repeat);
    }

    private void onTimeout() {
        if (state == State.CALLING || state == State.PROCEEDING) {
            fail(ResponseHandler.Failure.TIMEOUT);
        }
    }

    private void onTransportFailure(Flow used) {
        if (used != flow) {
            return; // it goes another way by now
        }
        if (state == State.CALLING && !renewed && used.renewable()) {
            renew();
        } else if (state == State.CALLING && flow.protocol() != hop.protocol()) {
            asDatagram();
        } else if (state == State.CALLING || state == State.PROCEEDING) {
            fail(ResponseHandler.Failure.TRANSPORT);
        }
    }

    /** The peer closed the connection as the request was on its way: once more by a new one, which no peer takes for another. */
    private void renew() {
        renewed = true;
        unwatch();
        flow = layer.transport().flow(hop.over(flow.protocol()));
        watch();
        transmit();
    }

    /** RFC 3261 section 18.1.1: a long request whose peer takes no connection goes as a datagram after all. */
    private void asDatagram() {
        layer.datagramsOnly(hop);
        layer.wheel().cancel(giveUp);
        unwatch();
        request = request.over(hop.protocol());
        flow = layer.transport().flow(hop);
        start();
    }

    private void fail(ResponseHandler.Failure failure) {
        terminate();
        handler.onFailure(this, failure);
    }

    void onResponse(SipMessage response) {
        int status = response.status();
        switch (state) {
            case CALLING, PROCEEDING -> {
                unwatch();
                if (status < 200) {
                    provisional(response);
                } else if (challenged(response, status)) {
                    answerChallenge(response);
                } else if (invite) {
                    finalOfInvite(response, status);
                } else {
                    finalOfOther(response);
                }
            }
            case ACCEPTED -> {
                if (status >= 200 && status < 300) {
                    repeatedSuccess(response);
                }
            }
            case COMPLETED -> {
                SipMessage ack = errorAck;
                if (invite && status >= 300 && ack != null) {
                    flow.send(ack, null);
                }
            }
            case TERMINATED -> {}
        }
    }

    private void provisional(SipMessage response) {
        if (state == State.CALLING) {
            state = State.PROCEEDING;
            if (invite) {
                layer.wheel().cancel(repeat);
                layer.wheel().cancel(giveUp);
            }
            if (invite && request.toTag() != null) {
                giveUp = layer.wheel().schedule(LONGEST_CHANGE, this::cancel);
            }
        }
        Consumer<SipWriter> more = cancelWith;
        if (more != null && !cancelSent) {
            sendCancel(more);
        }
        if (inOrder(response)) {
            handler.onResponse(this, response);
        }
    }

    /** RFC 3262 section 4: a reliable provisional response that is repeated, or overtook another, goes no further. */
    private boolean inOrder(SipMessage response) {
        long rseq = rseq(response);
        if (!invite || rseq < 0) {
            return true;
        }
        Map<String, Long> known = lastRseq == null ? new HashMap<>(2) : lastRseq;
        lastRseq = known;
        String tag = String.valueOf(response.toTag());
        Long before = known.get(tag);
        if (before != null && rseq != before + 1) {
            return false;
        }
        known.put(tag, rseq);
        return true;
    }

    /** The number of a reliable provisional response (RFC 3262), -1 for any other. */
    public static long rseq(SipMessage response) {
        String value = response.status() > 100 && response.status() < 200 ? response.first(SipHeader.RSEQ) : null;
        if (value == null || response.all(SipHeader.REQUIRE).stream().noneMatch("100rel"::equalsIgnoreCase)) {
            return -1;
        }
        byte[] digits = Ascii.bytes(value);
        return Ascii.number(digits, 0, digits.length, (1L << 32) - 1);
    }

    /** True when a final response asks for credentials that can be given. */
    private boolean challenged(SipMessage response, int status) {
        Login by = login;
        if (by == null) {
            return false;
        }
        if (status < 300 && authorized(by)) {
            by.accepted();
        }
        if ((status != 401 && status != 407) || cancelWith != null) {
            return false;
        }
        List<String> before = answered == null ? new ArrayList<>(1) : answered;
        answered = before;
        return by.takes(response, before);
    }

    /** True when the request brought credentials; cheap where nobody has asked for any. */
    private boolean authorized(Login by) {
        return by.ready() && (request.has(SipHeader.AUTHORIZATION) || request.has(SipHeader.PROXY_AUTHORIZATION));
    }

    /** RFC 3261 section 22.2: the same request again, as a transaction of its own behind this same face. */
    private void answerChallenge(SipMessage response) {
        Login by = login;
        if (by == null) {
            return;
        }
        layer.wheel().cancel(repeat);
        layer.wheel().cancel(giveUp);
        layer.forget(this);
        if (invite) {
            SipMessage ack = layer.errorAck(request, response);
            flow.send(ack, null);
            if (!flow.protocol().reliable()) {
                new ClientTransaction(layer, request, hop, flow, TransactionLayer.IGNORE, null, null).completed(ack);
            }
        }
        Dialog in = dialog;
        TransactionLayer.Way way = layer.way(
                layer.again(request, in == null ? request.cseq() + 1 : in.nextCseq(), hop.protocol(), by), hop);
        request = way.request();
        key = keyOf(request);
        flow = way.flow();
        state = State.CALLING;
        renewed = false;
        lastRseq = null;
        layer.remember(this);
        start();
    }

    /** Left behind for timer D, to give the ACK again when the challenge comes again. */
    private void completed(SipMessage ack) {
        state = State.COMPLETED;
        errorAck = ack;
        layer.remember(this);
        endIn(layer.timers().giveUp());
    }

    private void finalOfInvite(SipMessage response, int status) {
        layer.wheel().cancel(repeat);
        layer.wheel().cancel(giveUp);
        if (status < 300) {
            state = State.ACCEPTED;
            forks.add(String.valueOf(response.toTag()));
            giveUp = layer.wheel().scheduleLoosely(layer.forks(), this::settle);
        } else {
            state = State.COMPLETED; // timer D
            SipMessage ack = layer.errorAck(request, response);
            errorAck = ack;
            flow.send(ack, null);
            endIn(flow.protocol().reliable() ? 0 : layer.timers().giveUp());
        }
        handler.onResponse(this, response);
    }

    private void finalOfOther(SipMessage response) {
        layer.wheel().cancel(repeat);
        layer.wheel().cancel(giveUp);
        state = State.COMPLETED; // timer K
        endIn(flow.protocol().reliable() ? 0 : layer.timers().t4());
        handler.onResponse(this, response);
    }

    /** RFC 6026 timer M: other forks have had their time, and their 2xx been acknowledged, unless a user is slow. */
    private void settle() {
        if (acks.size() < forks.size()) {
            endIn(layer.timers().giveUp() - layer.forks());
        } else {
            layer.acknowledged(this, acks.values());
        }
    }

    private void endIn(long delay) {
        giveUp = delay == 0
                ? layer.wheel().schedule(delay, this::terminate)
                : layer.wheel().scheduleLoosely(delay, this::terminate);
    }

    private void repeatedSuccess(SipMessage response) {
        String tag = String.valueOf(response.toTag());
        if (!forks.contains(tag)) {
            forks.add(tag);
            handler.onResponse(this, response);
            return;
        }
        SentAck ack = acks.get(tag);
        if (ack != null) {
            layer.sendAck(ack.ack().message(), ack.hop());
        }
    }

    /**
     * Sends the ACK for a 2xx and repeats it whenever that 2xx is repeated (RFC 3261 section 13.2.2.4).
     *
     * @param hop where the dialog's route set leads
     */
    public void ack(SipMessage ack, Hop hop) {
        SipMessage complete = login != null && authorized(login) ? withCredentials(ack) : ack;
        String tag = String.valueOf(ack.toTag());
        acks.put(tag, new SentAck(tag, new Sent(complete), hop));
        layer.sendAck(complete, hop);
    }

    /** Nobody can challenge an ACK, so it brings what its INVITE brought (RFC 3261 section 22.1). */
    private SipMessage withCredentials(SipMessage ack) {
        return SipWriter.request(ack.methodText(), ack.requestUri())
                .copyAllBut(ack, Set.of())
                .copyAll(request, SipHeader.AUTHORIZATION)
                .copyAll(request, SipHeader.PROXY_AUTHORIZATION)
                .build();
    }

    /** What a repeated 2xx with this tag gets again. */
    record SentAck(String tag, Sent ack, Hop hop) {}

    /** True when an ACK was given for the 2xx with this tag in To. */
    public boolean acked(@Nullable String toTag) {
        return acks.containsKey(String.valueOf(toTag));
    }

    /**
     * Takes an INVITE back: at once when a provisional response has come, otherwise as soon as one comes (RFC 3261
     * section 9.1). The final response still comes to the handler, as a timeout when the peer stays silent.
     *
     * @param more adds headers, for example Reason
     */
    public void cancel(Consumer<SipWriter> more) {
        if (!invite || cancelWith != null) {
            return;
        }
        cancelWith = more;
        if (state == State.PROCEEDING) {
            sendCancel(more);
        }
    }

    public void cancel() {
        cancel(writer -> {});
    }

    private void sendCancel(Consumer<SipWriter> more) {
        cancelSent = true;
        layer.sendCancel(this, more);
        layer.wheel().cancel(giveUp);
        giveUp = layer.wheel().schedule(layer.timers().giveUp(), this::onTimeout);
    }

    /** True once {@link #cancel} was called. */
    public boolean cancelled() {
        return cancelWith != null;
    }

    void terminate() {
        state = State.TERMINATED;
        unwatch();
        layer.wheel().cancel(repeat);
        layer.wheel().cancel(giveUp);
        layer.forget(this);
    }

    String key() {
        return key;
    }

    Flow flow() {
        return flow;
    }
}
