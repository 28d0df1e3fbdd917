package org.jackfield.twin.sip;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jackfield.protocol.sip.Flow;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.Refusal;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipListener;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.twin.TwinLog;
import org.jspecify.annotations.Nullable;

/**
 * A SIP user agent on loopback with its legs, over UDP and TCP.
 * Everything happens on the stack's thread; {@link #thread()} is how others get there.
 */
public final class UserAgent implements AutoCloseable {
    /** What the owner of a user agent decides. Called on the stack's thread. */
    public interface Owner {
        /** A call came in; the leg must be answered or refused. */
        void incoming(Leg leg);

        /** A request outside of any dialog other than INVITE and OPTIONS came; it must be answered. */
        default void other(ServerTransaction transaction) {
            transaction.respond(405, "Method Not Allowed");
        }

        /** True when the request shall be ignored, as if it had never come. */
        default boolean deaf(SipMessage request) {
            return false;
        }

        /** A request came on a TCP connection that this side had opened; true when it shall be dropped for that. */
        default boolean foreign(SipMessage request) {
            return false;
        }

        /** An OPTIONS outside of any dialog came; what it is answered with, 200 by default. */
        default Reply options(SipMessage request) {
            return Reply.OK;
        }

        /** Bytes came that are no SIP message. */
        default void refused(String reason) {}
    }

    /**
     * An answer without a body.
     *
     * @param reason the value of Reason, empty for none
     */
    public record Reply(int status, String phrase, String reason) {
        public static final Reply OK = new Reply(200, "OK", "");
    }

    /** Takes calls in the owner's stead; for one call after the other, or for one only. */
    private record Claim(Predicate<Leg> which, Consumer<Leg> taker) {}

    private final String side;
    private final List<Claim> claims = new CopyOnWriteArrayList<>();
    private final String allow;
    private final Owner owner;
    private final TwinLog log;
    private final SipStack stack;
    private final Map<String, Leg> dialogs = new HashMap<>();
    private final Map<ServerTransaction, Leg> early = new HashMap<>();
    /** Re-INVITEs whose ACK has not come. */
    private final Map<ServerTransaction, Leg> changes = new HashMap<>();

    private long lastLeg;
    private volatile @Nullable Hop names;

    public UserAgent(String side, int port, String allow, Owner owner, TwinLog log) throws IOException {
        this(side, "127.0.0.1", port, allow, owner, log);
    }

    public UserAgent(String side, String host, int port, String allow, Owner owner, TwinLog log) throws IOException {
        this.side = side;
        this.allow = allow;
        this.owner = owner;
        this.log = log;
        this.stack = SipStack.start(SipConfig.of(host, port).withThreadName("twin-" + side), new Intake());
    }

    /** Where hosts that are given by name are reached: there is no DNS here. For any thread. */
    public void names(Hop hop) {
        names = hop;
    }

    /** Where a peer is reached whose Contact is a name. */
    Hop named(ServerTransaction transaction) {
        Hop known = names;
        return new Hop(
                transaction.flow().protocol(),
                known == null ? transaction.flow().remote() : known.address());
    }

    /** Takes the next call that is like this, before the owner sees it; for any thread. What is given gives it back. */
    public Runnable claim(Predicate<Leg> which, Consumer<Leg> taker) {
        Claim claim = new Claim(which, taker);
        claims.add(claim);
        return () -> claims.remove(claim);
    }

    public int port() {
        return stack.port();
    }

    /** The one thread that does everything. */
    public ScheduledExecutorService thread() {
        return stack.scheduler();
    }

    public String allow() {
        return allow;
    }

    public int dialogs() {
        return dialogs.size();
    }

    /**
     * Calls somebody.
     *
     * @param uri the Request-URI; To is the same
     * @param from the whole From URI
     * @param more adds headers
     * @param contactUser the user part of Contact, empty for none
     */
    public Leg call(
            String uri,
            String from,
            String contactUser,
            Hop hop,
            String sdp,
            Consumer<SipWriter> more,
            Leg.Events events) {
        String base = stack.uri(hop.protocol());
        String contact =
                "<" + (contactUser.isEmpty() ? base : base.replaceFirst("^sip:", "sip:" + contactUser + "@")) + ">";
        Dress dress = new Dress(Style.PLAIN, contact, "", "", "");
        return call(dress, uri, uri, "<" + from + ">", hop, Sdp.TYPE, sdp, more, events);
    }

    /**
     * Calls somebody, looking like this.
     *
     * @param to the whole To URI
     * @param from the whole From value without its tag
     * @param type the type of {@code body}, which is an SDP or has one in it
     */
    public Leg call(
            Dress dress,
            String uri,
            String to,
            String from,
            Hop hop,
            String type,
            String body,
            Consumer<SipWriter> more,
            Leg.Events events) {
        String tag = dress.tag().isEmpty() ? stack.newTag() : dress.tag();
        SipWriter writer = stack.request("INVITE", uri, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.FROM, from + ";tag=" + tag)
                .add(SipHeader.TO, "<" + to + ">")
                .add(SipHeader.CALL_ID, stack.newCallId())
                .add(SipHeader.CSEQ, "1 INVITE")
                .add(SipHeader.CONTACT, dress.contact())
                .add(SipHeader.ALLOW, allow);
        if (!dress.recordRoute().isEmpty()) {
            writer.add(SipHeader.RECORD_ROUTE, dress.recordRoute());
        }
        more.accept(writer);
        if (!body.isEmpty()) {
            writer.body(type, body);
        }
        SipMessage invite = dress.style().of(writer.build());
        Leg leg = new Leg(this, nextId(), invite, dress, events);
        sent(leg, invite);
        leg.start(hop);
        return leg;
    }

    /** Sends an OPTIONS outside of any dialog. */
    public void options(String uri, Hop hop, org.jackfield.protocol.sip.ResponseHandler answers) {
        String own = stack.uri(hop.protocol());
        SipMessage options = stack.request("OPTIONS", uri, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.FROM, "<" + own + ">;tag=" + stack.newTag())
                .add(SipHeader.TO, "<" + uri + ">")
                .add(SipHeader.CALL_ID, stack.newCallId())
                .add(SipHeader.CSEQ, "1 OPTIONS")
                .add(SipHeader.CONTACT, "<" + own + ">")
                .add(SipHeader.ALLOW, allow)
                .build();
        stack.send(options, hop, answers);
    }

    /** The address of this user agent as a URI without user. */
    public String uri(Protocol protocol) {
        return stack.uri(protocol);
    }

    @Override
    public void close() {
        stack.close();
    }

    /** What sends and counts for all legs; its methods are for {@link #thread()}. */
    public SipStack stack() {
        return stack;
    }

    void up(Leg leg, String localTag) {
        dialogs.put(key(leg.sipCallId(), localTag), leg);
    }

    void gone(Leg leg) {
        dialogs.remove(key(leg.sipCallId(), leg.localTag()), leg);
        if (leg.server() != null) {
            early.remove(leg.server());
        }
        changes.values().removeIf(leg::equals);
        leg.onGone();
    }

    void sent(Leg leg, SipMessage message) {
        log.out(side, message.toString(), "leg", leg.id(), "callId", leg.sipCallId(), "cseq", message.cseq());
    }

    void received(Leg leg, SipMessage message) {
        log.in(side, message.toString(), "leg", leg.id(), "callId", leg.sipCallId(), "cseq", message.cseq());
    }

    private String nextId() {
        return side + "-" + ++lastLeg;
    }

    private static String key(String callId, @Nullable String tag) {
        return callId + "|" + tag;
    }

    private final class Intake implements SipListener {
        @Override
        public void onRequest(ServerTransaction transaction) {
            SipMessage request = transaction.request();
            if (owner.deaf(request)) {
                return;
            }
            if (transaction.flow().opened() && owner.foreign(request)) {
                return;
            }
            if (transaction.inDialog()) {
                inDialog(transaction, request);
                return;
            }
            switch (request.method()) {
                case INVITE -> {
                    Leg leg = new Leg(UserAgent.this, nextId(), transaction);
                    received(leg, request);
                    early.put(transaction, leg);
                    transaction.respond(100, "Trying");
                    taker(leg).accept(leg);
                }
                case OPTIONS -> options(transaction);
                default -> {
                    log.in(side, request.toString(), "callId", request.callId());
                    owner.other(transaction);
                }
            }
        }

        /** Who takes a call: the first claim that fits, which is used up by that, otherwise the owner. */
        private Consumer<Leg> taker(Leg leg) {
            Claim fits = claims.stream()
                    .filter(claim -> claim.which().test(leg))
                    .findFirst()
                    .orElse(null);
            if (fits != null && claims.remove(fits)) {
                return fits.taker();
            }
            return owner::incoming;
        }

        private void options(ServerTransaction transaction) {
            Reply reply = owner.options(transaction.request());
            SipWriter writer = transaction.response(reply.status(), reply.phrase());
            if (reply.status() == 200) {
                writer.add(SipHeader.ALLOW, allow)
                        .add(SipHeader.ACCEPT, Sdp.TYPE)
                        .add(SipHeader.CONTACT, stack.contact(transaction.flow().protocol()));
            }
            if (!reply.reason().isEmpty()) {
                writer.add(SipHeader.REASON, reply.reason());
            }
            transaction.respond(writer.build());
        }

        private void inDialog(ServerTransaction transaction, SipMessage request) {
            Leg leg = dialogs.get(key(request.callId(), request.toTag()));
            if (leg == null) {
                log.in(side, request.toString(), "callId", request.callId(), "unknown", true);
                transaction.respond(481, "Call/Transaction Does Not Exist");
                return;
            }
            received(leg, request);
            if (request.method() == SipMethod.INVITE) {
                changes.put(transaction, leg);
            }
            leg.onRequest(transaction);
        }

        @Override
        public void onAck(ServerTransaction invite, SipMessage ack) {
            Leg opened = early.remove(invite);
            Leg leg = opened == null ? changes.remove(invite) : opened;
            if (leg != null) {
                received(leg, ack);
                leg.onAck(ack);
            }
        }

        @Override
        public void onCancel(ServerTransaction invite, SipMessage cancel) {
            Leg leg = early.get(invite);
            if (leg != null) {
                received(leg, cancel);
                leg.onCancel(cancel);
            }
        }

        @Override
        public void onAckMissing(ServerTransaction invite) {
            Leg opened = early.remove(invite);
            Leg leg = opened == null ? changes.remove(invite) : opened;
            if (leg != null) {
                leg.onAckMissing();
            }
        }

        @Override
        public void onRefused(Refusal refusal, int offset, InetSocketAddress from, Protocol protocol, String head) {
            log.in(side, "refused", "reason", refusal.text(), "offset", offset, "head", head);
            owner.refused(refusal.text());
        }

        @Override
        public void onStray(SipMessage message, Flow flow) {
            if (message.method() != SipMethod.ACK) {
                log.in(side, "stray " + message, "callId", message.callId());
            }
        }
    }
}
