package org.jackfield.protocol.sip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request to a peer and the state of its answer (RFC 3261 section 17.1 with RFC 6026).
 * Used on the stack's thread only. Repeats on UDP, and the ACK for a final response from 300 on, are done here.
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

    private final TransactionLayer layer;
    private final String key;
    private final SipMessage request;
    private final Hop hop;
    private final Flow flow;
    private final ResponseHandler handler;
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

    ClientTransaction(
            TransactionLayer layer, String key, SipMessage request, Hop hop, Flow flow, ResponseHandler handler) {
        this.layer = layer;
        this.key = key;
        this.request = request;
        this.hop = hop;
        this.flow = flow;
        this.handler = handler;
        this.invite = request.method() == SipMethod.INVITE;
    }

    void start() {
        SipTimers timers = layer.timers();
        giveUp = layer.wheel().schedule(timers.giveUp(), this::onTimeout); // timers B and F
        if (!flow.protocol().reliable()) {
            interval = timers.t1();
            repeat = layer.wheel().schedule(interval, this::repeat); // timers A and E
        }
        transmit();
    }

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
        flow.send(request, this::onTransportFailure);
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

    private void onTransportFailure() {
        if (state == State.CALLING || state == State.PROCEEDING) {
            fail(ResponseHandler.Failure.TRANSPORT);
        }
    }

    private void fail(ResponseHandler.Failure failure) {
        terminate();
        handler.onFailure(this, failure);
    }

    void onResponse(SipMessage response) {
        int status = response.status();
        switch (state) {
            case CALLING, PROCEEDING -> {
                if (status < 200) {
                    provisional(response);
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

    private void finalOfInvite(SipMessage response, int status) {
        layer.wheel().cancel(repeat);
        layer.wheel().cancel(giveUp);
        if (status < 300) {
            state = State.ACCEPTED; // RFC 6026: timer M
            forks.add(String.valueOf(response.toTag()));
            endIn(layer.timers().giveUp());
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

    private void endIn(long delay) {
        giveUp = layer.wheel().schedule(delay, this::terminate);
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
            ack.flow().send(ack.message(), null);
        }
    }

    /**
     * Sends the ACK for a 2xx and repeats it whenever that 2xx is repeated (RFC 3261 section 13.2.2.4).
     *
     * @param hop where the dialog's route set leads
     */
    public void ack(SipMessage ack, Hop hop) {
        Flow way = hop.equals(this.hop) ? flow : layer.transport().flow(hop);
        acks.put(String.valueOf(ack.toTag()), new SentAck(ack, way));
        way.send(ack, null);
    }

    private record SentAck(SipMessage message, Flow flow) {}

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
