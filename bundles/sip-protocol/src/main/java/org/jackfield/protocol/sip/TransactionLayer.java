package org.jackfield.protocol.sip;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Matches messages to transactions (RFC 3261 section 17).
 * For one thread, without locks; time comes from the wheel alone, so tests need neither sockets nor clocks.
 */
final class TransactionLayer {
    private static final int MOST_WITHOUT_TCP = 1_000;
    private static final long WITHOUT_TCP = 600_000;

    private final SipTimers timers;
    private final TimerWheel wheel;
    private final Transport transport;
    private final SipListener listener;
    private final Ids ids = new Ids();
    private final Map<String, ClientTransaction> clients = new HashMap<>();
    private final Map<String, ServerTransaction> servers = new HashMap<>();
    private final Map<String, ServerTransaction> awaitingAck = new HashMap<>();
    /** Requests other than INVITE, with the response that they get again. */
    private final Leftovers<Flow> answered;
    /** INVITEs whose 2xx has its ACK, which get no response any more, with the tag of that one. */
    private final Leftovers<Flow> settled;
    /** The same by what their ACK is known by. */
    private final Leftovers<Flow> acked;
    /** INVITEs of ours, with the ACK that a 2xx gets again; further forks under {@link #forkKey}. */
    private final Leftovers<Hop> acknowledged;

    private final Map<InetAddress, int[]> bySource = new HashMap<>();
    private final Set<InetSocketAddress> withoutTcp = new HashSet<>();
    private final SipLimits limits;

    TransactionLayer(SipTimers timers, TimerWheel wheel, Transport transport, SipListener listener) {
        this(timers, wheel, transport, listener, SipLimits.DEFAULT);
    }

    TransactionLayer(SipTimers timers, TimerWheel wheel, Transport transport, SipListener listener, SipLimits limits) {
        this.limits = limits;
        this.timers = timers;
        this.wheel = wheel;
        this.transport = transport;
        this.listener = listener;
        this.answered = new Leftovers<>(wheel, timers.giveUp(), Flow.class, this::closed);
        this.settled = new Leftovers<>(wheel, timers.giveUp(), Flow.class, this::closed);
        this.acked = new Leftovers<>(wheel, timers.giveUp(), Flow.class, flow -> {});
        this.acknowledged = new Leftovers<>(wheel, timers.giveUp() - forks(), Hop.class, hop -> {});
    }

    /** How long the 2xx of other forks may come after the first: as long as the network keeps a message, in milliseconds. */
    long forks() {
        return Math.min(timers.t4(), timers.giveUp() / 2);
    }

    /** A request with its Via, ready for the rest of its headers. */
    SipWriter request(String method, String uri, Protocol protocol) {
        return SipWriter.request(method, uri)
                .text("Via: SIP/2.0/")
                .text(protocol.name())
                .text(" ")
                .text(transport.sentBy(protocol))
                .text(";rport;branch=")
                .text(ids.branch())
                .text("\r\n");
    }

    /** Sends a request that {@link #request} began. */
    ClientTransaction send(SipMessage request, Hop hop, ResponseHandler handler) {
        return send(request, hop, handler, null, null);
    }

    /** As above, with credentials when the peer wants some. */
    ClientTransaction send(
            SipMessage request, Hop hop, ResponseHandler handler, @Nullable Login login, @Nullable Dialog dialog) {
        SipMessage complete = request;
        if (login != null && login.ready()) {
            SipWriter writer = SipWriter.request(request.methodText(), request.requestUri())
                    .copyAllBut(request, Set.of());
            login.add(writer, request.methodText(), request.requestUri());
            complete = writer.build();
        }
        Way way = way(complete, hop);
        var transaction = new ClientTransaction(this, way.request(), hop, way.flow(), handler, login, dialog);
        remember(transaction);
        transaction.start();
        return transaction;
    }

    /** How a request leaves: as it is or with another transport in its Via, and by what. */
    record Way(SipMessage request, Flow flow) {}

    /** By TCP when it is too long for a datagram (RFC 3261 section 18.1.1), unless the peer has shown to take none. */
    Way way(SipMessage request, Hop hop) {
        if (hop.protocol() != Protocol.UDP
                || request.length() <= limits.datagram()
                || withoutTcp.contains(hop.address())) {
            return new Way(request, transport.flow(hop));
        }
        return new Way(request.over(Protocol.TCP), transport.flow(hop.over(Protocol.TCP)));
    }

    /** The peer took no connection: for some minutes it gets long requests as datagrams without another attempt. */
    void datagramsOnly(Hop hop) {
        if (withoutTcp.size() < MOST_WITHOUT_TCP && withoutTcp.add(hop.address())) {
            wheel.schedule(WITHOUT_TCP, () -> withoutTcp.remove(hop.address()));
        }
    }

    /** Sends the ACK for a 2xx; nothing answers it. */
    void sendAck(SipMessage ack, Hop hop) {
        Way way = way(ack, hop);
        Flow flow = way.flow();
        if (flow.protocol() == hop.protocol()) {
            flow.send(way.request(), null);
            return;
        }
        flow.send(way.request(), () -> {
            if (!flow.renewable()) {
                datagramsOnly(hop);
            }
            transport.flow(hop).send(ack, null);
        });
    }

    /** A challenged request once more: another branch, another CSeq, other credentials (RFC 3261 section 22.2). */
    SipMessage again(SipMessage request, long cseq, Protocol protocol, Login login) {
        String method = request.methodText();
        SipWriter writer = request(method, request.requestUri(), protocol)
                .add(SipHeader.CSEQ, cseq + " " + method)
                .copyAllBut(request, RENEWED);
        login.add(writer, method, request.requestUri());
        return writer.build();
    }

    private static final Set<SipHeader> RENEWED =
            EnumSet.of(SipHeader.VIA, SipHeader.CSEQ, SipHeader.AUTHORIZATION, SipHeader.PROXY_AUTHORIZATION);

    void remember(ClientTransaction transaction) {
        clients.put(transaction.key(), transaction);
    }

    /** Takes a message from a peer. */
    void receive(SipMessage message, Flow flow) {
        if (!message.isRequest()) {
            onResponse(message, flow);
        } else if (message.method() == SipMethod.ACK) {
            onAck(message, flow);
        } else {
            onRequest(message, flow);
        }
    }

    private void onResponse(SipMessage response, Flow flow) {
        String branch = response.branch();
        String key = branch == null ? null : clientKey(branch, response);
        ClientTransaction client = key == null ? null : clients.get(key);
        if (client != null) {
            client.onResponse(response);
        } else if (key == null || !acknowledgedBefore(key, response)) {
            listener.onStray(response, flow);
        }
    }

    /** True when all is said about this response to an INVITE of ours; a 2xx gets its ACK again. */
    private boolean acknowledgedBefore(String key, SipMessage response) {
        Leftovers.Found<Hop> left = acknowledged.find(key);
        if (left == null) {
            return false;
        }
        if (response.status() / 100 != 2) {
            return true;
        }
        SipMessage ack = left.said().message();
        if (!Objects.equals(ack.toTag(), response.toTag())) {
            left = acknowledged.find(forkKey(key, response.toTag()));
            if (left == null) {
                return false;
            }
            ack = left.said().message();
        }
        sendAck(ack, left.to());
        return true;
    }

    private static String forkKey(String key, @Nullable String tag) {
        return key + '|' + tag;
    }

    private void onAck(SipMessage ack, Flow flow) {
        ServerTransaction error = servers.get(serverKey(ack, "INVITE"));
        if (error != null && error.state() != ServerTransaction.State.ACCEPTED) {
            error.onAck();
            return;
        }
        String key = ackKey(ack.toTag(), ack.cseq());
        ServerTransaction success = awaitingAck.get(key);
        if (success == null) {
            if (acked.find(key) == null) {
                listener.onStray(ack, flow);
            }
        } else if (success.onAckOfSuccess()) {
            listener.onAck(success, ack);
        }
    }

    private void onRequest(SipMessage request, Flow flow) {
        String key = serverKey(request, request.methodText());
        ServerTransaction known = servers.get(key);
        if (known != null) {
            known.onRetransmission();
            return;
        }
        if (saidBefore(request.method(), key)) {
            return;
        }
        int[] open = bySource.computeIfAbsent(flow.remote().getAddress(), source -> new int[1]);
        if (open[0] >= limits.transactions() && !listener.exempt(request, flow)) {
            overload(request, flow);
            return;
        }
        open[0]++;
        var transaction = new ServerTransaction(this, key, request, flow);
        servers.put(key, transaction);
        if (request.method() == SipMethod.CANCEL) {
            onCancel(transaction, request);
        } else {
            listener.onRequest(transaction);
        }
    }

    /** True when all is said about this request; one that has a response gets it again. */
    private boolean saidBefore(SipMethod method, String key) {
        if (method == SipMethod.INVITE) {
            return settled.find(key) != null;
        }
        Leftovers.Found<Flow> before = answered.find(key);
        if (before != null) {
            before.to().send(before.said().message(), null);
        }
        return before != null;
    }

    /** 503 without a transaction (RFC 3261 section 21.5.4), so that a flood takes no memory. */
    private void overload(SipMessage request, Flow flow) {
        listener.onOverload(request, flow);
        flow.send(
                ServerTransaction.prepare(request, flow.remote(), 503, "Too Many Transactions", newTag())
                        .add(SipHeader.RETRY_AFTER, 5)
                        .build(),
                null);
    }

    /** RFC 3261 section 9.2. */
    private void onCancel(ServerTransaction cancel, SipMessage request) {
        String key = serverKey(request, "INVITE");
        ServerTransaction invite = servers.get(key);
        if (invite == null) {
            Leftovers.Found<Flow> over = settled.find(key);
            if (over == null) {
                cancel.respond(481, "Call/Transaction Does Not Exist");
            } else {
                cancel.respond(cancel.response(200, "OK", tagOf(over.said().text(), cancel))
                        .build());
            }
            return;
        }
        cancel.respond(
                cancel.response(200, "OK", tagOf(invite.localTag(), cancel)).build());
        if (!invite.answered()) {
            listener.onCancel(invite, request);
        }
    }

    /** The INVITE's tag, unless it came from its sender and is none (RFC 3261 section 25.1): the answer could not be sent. */
    private static String tagOf(String invite, ServerTransaction cancel) {
        return invite.chars().allMatch(c -> c < 128 && Ascii.isToken((byte) c)) ? invite : cancel.localTag();
    }

    /** RFC 3261 section 17.1.3: branch and method of CSeq. */
    static String clientKey(String branch, SipMessage message) {
        return branch + message.methodText();
    }

    /** RFC 3261 section 17.2.3; for RFC 2543 branches what that section names instead. */
    private static String serverKey(SipMessage request, String method) {
        Via via = request.via();
        String branch = via.branch();
        if (branch != null && branch.length() > Ids.COOKIE.length() && branch.startsWith(Ids.COOKIE)) {
            return branch + '|' + via.host() + ':' + via.port() + '|' + method;
        }
        return request.callId()
                + '|'
                + request.cseq()
                + '|'
                + request.fromTag()
                + '|'
                + branch
                + '|'
                + via.host()
                + ':'
                + via.port()
                + '|'
                + method;
    }

    private static String ackKey(@Nullable String tag, long cseq) {
        return tag + "|" + cseq;
    }

    String awaitAck(ServerTransaction invite, @Nullable String tag) {
        String key = ackKey(tag, invite.request().cseq());
        awaitingAck.put(key, invite);
        return key;
    }

    /** RFC 3261 section 17.1.1.3. */
    SipMessage errorAck(SipMessage invite, SipMessage response) {
        return sibling(invite, "ACK")
                .copy(response, response.find(SipHeader.TO))
                .add(SipHeader.MAX_FORWARDS, 70)
                .build();
    }

    /** RFC 3261 section 9.1. */
    void sendCancel(ClientTransaction invite, Consumer<SipWriter> more) {
        SipWriter writer = sibling(invite.request(), "CANCEL")
                .copyAll(invite.request(), SipHeader.TO)
                .add(SipHeader.MAX_FORWARDS, 70);
        more.accept(writer);
        SipMessage cancel = writer.build();
        var transaction = new ClientTransaction(this, cancel, invite.hop(), invite.flow(), IGNORE, null, null);
        remember(transaction);
        transaction.start();
    }

    private static SipWriter sibling(SipMessage invite, String method) {
        return SipWriter.request(method, invite.requestUri())
                .copy(invite, invite.find(SipHeader.VIA))
                .copyAll(invite, SipHeader.ROUTE)
                .copyAll(invite, SipHeader.FROM)
                .copyAll(invite, SipHeader.CALL_ID)
                .copyAll(invite, SipHeader.SESSION_ID)
                .add(SipHeader.CSEQ, invite.cseq() + " " + method);
    }

    static final ResponseHandler IGNORE = new ResponseHandler() {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {}

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    };

    void forget(ClientTransaction transaction) {
        clients.remove(transaction.key(), transaction);
    }

    /** Nothing is left but to say the same again: the transaction itself is needed no more. */
    void acknowledged(ClientTransaction transaction, Collection<ClientTransaction.SentAck> acks) {
        forget(transaction);
        boolean first = true;
        for (ClientTransaction.SentAck ack : acks) {
            String key = first ? transaction.key() : forkKey(transaction.key(), ack.tag());
            acknowledged.keep(key, ack.hop(), ack.ack().bytes());
            first = false;
        }
    }

    /** As above, with what the request is answered when it comes again; none that is an INVITE. */
    void answered(ServerTransaction transaction, SipMessage response) {
        if (servers.remove(transaction.key(), transaction)) {
            answered.keep(transaction.key(), transaction.flow(), response.toBytes());
        }
    }

    /** As above, for an INVITE whose 2xx has its ACK. */
    void settled(ServerTransaction invite) {
        if (!servers.remove(invite.key(), invite)) {
            return;
        }
        settled.keep(invite.key(), invite.flow(), Ascii.bytes(invite.localTag()));
        String ackKey = invite.ackKey();
        if (ackKey != null && awaitingAck.remove(ackKey, invite)) {
            acked.keep(ackKey, invite.flow(), Leftovers.NOTHING);
        }
    }

    private void closed(Flow flow) {
        InetAddress source = flow.remote().getAddress();
        int[] open = bySource.get(source);
        if (open != null && --open[0] <= 0) {
            bySource.remove(source);
        }
    }

    void forget(ServerTransaction transaction) {
        if (servers.remove(transaction.key(), transaction)) {
            closed(transaction.flow());
        }
        String ackKey = transaction.ackKey();
        if (ackKey != null) {
            awaitingAck.remove(ackKey, transaction);
        }
    }

    /** RFC 3262 section 3 asks for chance below 2^31; ours leaves room to count. */
    long firstRseq() {
        return 1L + java.util.concurrent.ThreadLocalRandom.current().nextInt(1 << 30);
    }

    String newTag() {
        return ids.tag();
    }

    String newCallId() {
        return ids.callId();
    }

    SipTimers timers() {
        return timers;
    }

    TimerWheel wheel() {
        return wheel;
    }

    Transport transport() {
        return transport;
    }

    SipListener listener() {
        return listener;
    }

    /** How many transactions there are. */
    int size() {
        return clients.size() + servers.size() + answered.size() + settled.size() + acknowledged.size();
    }

    /** How many sources have a transaction open. */
    int sources() {
        return bySource.size();
    }
}
