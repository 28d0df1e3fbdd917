package org.jackfield.protocol.sip;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A request from a peer and the state of its answer (RFC 3261 section 17.2 with RFC 6026).
 * Used on the stack's thread only. Retransmissions are absorbed here, and a 2xx to INVITE is repeated until its ACK.
 */
public final class ServerTransaction {
    /** RFC 3261 figures 7 and 8, RFC 6026 section 7.1; TRYING and PROCEEDING are one. */
    public enum State {
        PROCEEDING,
        COMPLETED,
        CONFIRMED,
        ACCEPTED,
        TERMINATED
    }

    /** When a caller has its 100 unless it has heard something else, in milliseconds: a quarter of what RFC 3261 allows. */
    public static final long TRYING = 50;

    private final TransactionLayer layer;
    private final String key;
    private final SipMessage request;
    private final Flow flow;
    private @Nullable Hop elsewhere;
    private final String localTag;
    private final boolean invite;
    private State state = State.PROCEEDING;
    private @Nullable SipMessage last;
    private TimerWheel.@Nullable Timer trying;
    private TimerWheel.@Nullable Timer repeat;
    private TimerWheel.@Nullable Timer end;
    private long interval;
    private boolean acked;
    private @Nullable String ackKey;
    private @Nullable Object attachment;
    private final Deque<Reliable> unacknowledged = new ArrayDeque<>(0);
    private long rseq;
    private long reliableInterval;
    private TimerWheel.@Nullable Timer reliableRepeat;
    private TimerWheel.@Nullable Timer reliableEnd;
    private @Nullable SipMessage held;

    ServerTransaction(TransactionLayer layer, String key, SipMessage request, Flow flow) {
        this.layer = layer;
        this.key = key;
        this.request = request;
        this.flow = flow;
        String tag = request.toTag();
        this.localTag = tag == null ? layer.newTag() : tag;
        this.invite = request.method() == SipMethod.INVITE;
    }

    public SipMessage request() {
        return request;
    }

    public Flow flow() {
        return flow;
    }

    public State state() {
        return state;
    }

    /** The tag that responses carry in To: the request's own, otherwise a new one. */
    public String localTag() {
        return localTag;
    }

    /** True when the request came inside of a dialog, that is with a tag in To. */
    public boolean inDialog() {
        return request.toTag() != null;
    }

    /** True once a final response was given. */
    public boolean answered() {
        return state != State.PROCEEDING || held != null;
    }

    /** What the user agent keeps with this transaction. */
    public @Nullable Object attachment() {
        return attachment;
    }

    public void attach(@Nullable Object value) {
        attachment = value;
    }

    /** A response with what the request dictates: Via, From, To with tag, Call-ID, CSeq (RFC 3261 section 8.2.6). */
    public SipWriter response(int status, String phrase) {
        return response(status, phrase, localTag);
    }

    /** As above with another tag, for another early dialog of the same INVITE. */
    public SipWriter response(int status, String phrase, String tag) {
        return prepare(request, flow.remote(), status, phrase, tag);
    }

    static SipWriter prepare(
            SipMessage request, InetSocketAddress source, int status, String phrase, @Nullable String tag) {
        SipWriter writer = SipWriter.response(status, phrase);
        boolean top = true;
        for (int i = 0; i < request.headers(); i++) {
            switch (request.header(i)) {
                case VIA -> {
                    if (top) {
                        topVia(writer, request, i, source);
                        top = false;
                    } else {
                        writer.copy(request, i);
                    }
                }
                case TO -> {
                    if (tag == null || request.toTag() != null || status == 100) {
                        writer.copy(request, i);
                    } else {
                        writer.text("To: ")
                                .range(request.raw(), request.valueStart(i), request.valueEnd(i))
                                .text(";tag=")
                                .text(tag)
                                .text("\r\n");
                    }
                }
                case FROM, CALL_ID, CSEQ -> writer.copy(request, i);
                case TIMESTAMP -> {
                    if (status == 100) {
                        writer.copy(request, i);
                    }
                }
                case RECORD_ROUTE -> {
                    // RFC 3261 section 12.1.1
                    if (status > 100 && status < 300 && request.method() != SipMethod.OPTIONS) {
                        writer.copy(request, i);
                    }
                }
                default -> {}
            }
        }
        return writer;
    }

    /** RFC 3261 section 18.2.1 and RFC 3581 section 4: received and rport. */
    private static void topVia(SipWriter writer, SipMessage request, int index, InetSocketAddress source) {
        Via via = request.via();
        byte[] raw = request.raw();
        int start = request.valueStart(index);
        int end = Via.end(raw, start, request.valueEnd(index));
        String address = source.getAddress().getHostAddress();
        int last = end;
        while (last > start && Ascii.isLws(raw[last - 1])) {
            last--;
        }
        int rport = via.rport() ? Via.rport(raw, start, last) : -1;
        writer.text("Via: ");
        if (rport < 0) {
            writer.range(raw, start, last);
        } else {
            writer.range(raw, start, rport)
                    .text(";rport=")
                    .text(Integer.toString(source.getPort()))
                    .range(raw, Via.rportEnd(raw, rport, last), last);
        }
        if (via.rport() || !via.host().equals(address)) {
            writer.text(";received=").text(address);
        }
        writer.range(raw, end, request.valueEnd(index)).text("\r\n");
    }

    /**
     * Answers an INVITE with 100 unless there is another answer within {@value #TRYING} ms: who calls learns in time that it
     * need not repeat itself, and a call that is answered faster costs no datagram more (RFC 3261 section 17.2.1, figure 7).
     */
    public void respondTrying() {
        if (state == State.PROCEEDING && last == null && trying == null) {
            trying = layer.wheel().schedule(TRYING, () -> respond(100, "Trying"));
        }
    }

    /** Answers with nothing but what is needed. */
    public void respond(int status, String phrase) {
        respond(response(status, phrase).build());
    }

    /**
     * Sends a provisional response above 100 that comes again until the caller's PRACK (RFC 3262 section 3); the next one
     * and a 2xx wait for that.
     *
     * @param writer without Require and RSeq, which are added here
     */
    public void respondReliably(SipWriter writer) {
        if (state != State.PROCEEDING) {
            return;
        }
        if (rseq == 0) {
            rseq = layer.firstRseq();
        }
        rseq++;
        unacknowledged.add(new Reliable(
                rseq,
                writer.add(SipHeader.REQUIRE, "100rel")
                        .add(SipHeader.RSEQ, rseq)
                        .build()));
        if (unacknowledged.size() == 1) {
            sendReliable();
        }
    }

    private record Reliable(long rseq, SipMessage response) {}

    private void sendReliable() {
        Reliable next = unacknowledged.peek();
        if (next == null) {
            SipMessage success = held;
            held = null;
            if (success != null) {
                respond(success);
            }
            return;
        }
        layer.wheel().cancel(trying);
        last = next.response();
        send();
        reliableInterval = layer.timers().t1();
        reliableRepeat = layer.wheel().schedule(reliableInterval, this::repeatReliable);
        reliableEnd = layer.wheel().schedule(layer.timers().giveUp(), this::prackMissing);
    }

    private void repeatReliable() {
        send();
        reliableInterval *= 2;
        reliableRepeat = layer.wheel().schedule(reliableInterval, this::repeatReliable);
    }

    private void prackMissing() {
        dropReliable();
        layer.listener().onPrackMissing(this);
    }

    private void dropReliable() {
        layer.wheel().cancel(reliableRepeat);
        layer.wheel().cancel(reliableEnd);
        unacknowledged.clear();
        held = null;
    }

    /**
     * Takes a PRACK of this INVITE's early dialog; false when it acknowledges nothing that waits, to be answered 481
     * (RFC 3262 section 3). The PRACK itself is the caller's to answer.
     */
    public boolean onPrack(SipMessage prack) {
        Reliable waiting = unacknowledged.peek();
        String value = prack.first(SipHeader.RACK);
        if (waiting == null || value == null) {
            return false;
        }
        String wanted = waiting.rseq() + " " + request.cseq() + " " + request.methodText();
        if (!value.trim().replaceAll("[ \t]+", " ").equals(wanted)) {
            return false;
        }
        unacknowledged.poll();
        layer.wheel().cancel(reliableRepeat);
        layer.wheel().cancel(reliableEnd);
        sendReliable();
        return true;
    }

    /** Sends a response; after a final one only another 2xx to INVITE has no effect, everything else is dropped. */
    public void respond(SipMessage response) {
        if (state != State.PROCEEDING) {
            return;
        }
        int status = response.status();
        if (!unacknowledged.isEmpty()) {
            if (status < 200) {
                send(response); // an unreliable one in between; repeats stay with the reliable one
                return;
            }
            if (status < 300) {
                held = response;
                return;
            }
            dropReliable();
        }
        layer.wheel().cancel(trying);
        last = response;
        if (status >= 200) {
            complete(response, status);
        }
        send();
        if (state == State.COMPLETED && !invite && !flow.protocol().reliable()) {
            layer.answered(this, response); // for timer J
        }
    }

    private void complete(SipMessage response, int status) {
        SipTimers timers = layer.timers();
        if (!invite) {
            state = State.COMPLETED;
            if (flow.protocol().reliable()) {
                endIn(0);
            }
        } else if (status < 300) {
            state = State.ACCEPTED; // RFC 3261 section 13.3.1.4: repeat until ACK, also on TCP
            ackKey = layer.awaitAck(this, response.toTag());
            repeatFrom(timers.t1());
            endIn(timers.giveUp());
        } else {
            state = State.COMPLETED; // timers G and H
            if (!flow.protocol().reliable()) {
                repeatFrom(timers.t1());
            }
            endIn(timers.giveUp());
        }
    }

    private void repeatFrom(long first) {
        interval = first;
        repeat = layer.wheel().schedule(interval, this::repeat);
    }

    private void repeat() {
        send();
        interval = Math.min(interval * 2, layer.timers().t2());
        repeat = layer.wheel().schedule(interval, this::repeat);
    }

    private void endIn(long delay) {
        end = layer.wheel().schedule(delay, this::expire);
    }

    private void expire() {
        boolean missing = state == State.ACCEPTED;
        terminate();
        if (missing) {
            layer.listener().onAckMissing(this);
        }
    }

    private void send() {
        SipMessage response = last;
        if (response != null) {
            send(response);
        }
    }

    private void send(SipMessage response) {
        Hop other = elsewhere;
        if (other != null) {
            layer.transport().flow(other).send(response, null);
        } else if (flow.protocol().reliable()) {
            flow.send(response, () -> sendElsewhere(response));
        } else {
            flow.send(response, null);
        }
    }

    /** RFC 3261 section 18.2.2: the request's connection is gone, so another one goes to where its Via says. */
    private void sendElsewhere(SipMessage response) {
        int port = request.via().port();
        elsewhere = new Hop(
                flow.protocol(), new InetSocketAddress(flow.remote().getAddress(), port == 0 ? SipUri.PORT : port));
        send(response);
    }

    void onRetransmission() {
        if (trying != null && last == null) {
            respond(100, "Trying");
        } else if (state == State.PROCEEDING || state == State.COMPLETED) {
            send();
        }
    }

    /** An ACK for a response from 300 on, in the same transaction. */
    void onAck() {
        if (state == State.COMPLETED && invite) {
            state = State.CONFIRMED;
            layer.wheel().cancel(repeat);
            layer.wheel().cancel(end);
            endIn(flow.protocol().reliable() ? 0 : layer.timers().t4()); // timer I
        }
    }

    /** The ACK for a 2xx, a transaction of its own; false when it came before. */
    boolean onAckOfSuccess() {
        layer.wheel().cancel(repeat);
        if (acked) {
            return false;
        }
        acked = true;
        layer.wheel().cancel(end);
        layer.settled(this); // for timer L
        return true;
    }

    /** True once the ACK for a 2xx has come. */
    public boolean acked() {
        return acked;
    }

    /** Ends the wait for the ACK of a 2xx, when the dialog has ended otherwise (BYE before ACK). */
    public void stopWaiting() {
        if (state == State.ACCEPTED) {
            onAckOfSuccess();
        }
    }

    void terminate() {
        state = State.TERMINATED;
        layer.wheel().cancel(trying);
        layer.wheel().cancel(repeat);
        layer.wheel().cancel(end);
        dropReliable();
        layer.forget(this);
    }

    String key() {
        return key;
    }

    @Nullable
    String ackKey() {
        return ackKey;
    }
}
