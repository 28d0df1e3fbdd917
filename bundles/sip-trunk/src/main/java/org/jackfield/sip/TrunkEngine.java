package org.jackfield.sip;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Flow;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Login;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.Refusal;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SessionId;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipListener;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trunk at work: takes what the stack hears to the call it belongs to.
 * Everything happens on the stack's thread; what flows answer is brought there.
 */
final class TrunkEngine implements SipListener {
    static final ResponseHandler IGNORE = new ResponseHandler() {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {}

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    };

    private static final Logger LOG = LoggerFactory.getLogger(TrunkEngine.class);
    private static final long REFUSED_EVERY = 1_000;

    private final TrunkSettings settings;
    private final MeterRegistry meters;
    private final Clock clock;
    private final TrunkHealth.Watcher watcher;
    private final TrunkEvents events;
    private final CallBook calls;
    private final NewCalls newCalls;
    private final TransferDesk transfers;
    private final CallAgents agents;
    private final Logins logins;
    private final @Nullable CallerCheck callerCheck;
    private final Repeats repeats = new Repeats();
    private final Map<String, Leg> legs = new HashMap<>();
    private final Map<String, Long> refusedAt = new HashMap<>();
    private volatile @Nullable Started started;
    private boolean stopping;

    /** What there is only with a stack; a bind that failed leaves one that is not used. */
    private record Started(SipStack stack, OwnHeaders headers, TrunkHealth health) {}

    TrunkEngine(
            TrunkSettings settings,
            EventBus bus,
            MeterRegistry meters,
            Clock clock,
            OfferPoint<InviteQuestion, InviteAnswer> invites,
            Supplier<@Nullable AgentDirectory> directory,
            TrunkHealth.Watcher watcher,
            Logins.Watcher refusals) {
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
        this.watcher = watcher;
        this.logins = new Logins(settings, meters, refusals);
        Account acd = settings.acdAccount();
        String algorithm = settings.rules().acdChallenge();
        this.callerCheck =
                acd == null || algorithm == null ? null : new CallerCheck(this, acd, algorithm, meters, clock);
        Tokens tokens = new Tokens(bus.node());
        this.events = new TrunkEvents(bus, settings.id(), clock, (millis, task) -> stack().schedule(millis, task));
        this.calls = new CallBook(this, meters, bus.table("dialog", DialogRecord.class));
        this.newCalls = new NewCalls(this, bus, meters, tokens, invites);
        this.transfers = new TransferDesk(this, tokens, new AliasPool(settings.aliases()));
        this.agents = new CallAgents(settings.id().tenant(), directory);
    }

    /** Goes to work on a stack that is not bound yet; for any thread. */
    SipListener on(SipStack stack) {
        started = new Started(
                stack, new OwnHeaders(this, stack), new TrunkHealth(stack, settings, watcher, meters, clock, logins));
        return this;
    }

    /** The stack is bound; for any thread. */
    void start() {
        stack().execute(() -> {
            started().health().start();
            calls.restore();
        });
    }

    /** Ends what cannot outlive this process. */
    void stop() {
        stopping = true;
        transfers.stop();
        calls.stop();
        started().health().stop();
    }

    boolean stopping() {
        return stopping;
    }

    private Started started() {
        Started now = started;
        if (now == null) {
            throw new IllegalStateException("trunk " + settings.id() + ": not started");
        }
        return now;
    }

    SipStack stack() {
        return started().stack();
    }

    OwnHeaders headers() {
        return started().headers();
    }

    TrunkSettings settings() {
        return settings;
    }

    TrunkEvents events() {
        return events;
    }

    CallBook calls() {
        return calls;
    }

    TransferDesk transfers() {
        return transfers;
    }

    CallAgents agents() {
        return agents;
    }

    /** Null when calls of the ACD side need no credentials. */
    @Nullable
    CallerCheck callerCheck() {
        return callerCheck;
    }

    Repeats repeats() {
        return repeats;
    }

    // what the stack hears

    @Override
    public void onRequest(ServerTransaction transaction) {
        if (transaction.inDialog()) {
            inDialog(transaction);
            return;
        }
        String unsupported = HeaderRules.unsupported(transaction.request(), true);
        if (!unsupported.isEmpty() && transaction.request().method() != SipMethod.INVITE) {
            headers().badExtension(transaction, unsupported);
            return;
        }
        switch (transaction.request().method()) {
            case INVITE -> newCalls.onInvite(transaction);
            case OPTIONS -> {
                headers().answerOptions(transaction);
                started().health().asked();
            }
            case BYE, NOTIFY, INFO, UPDATE, PRACK -> headers().refuse(transaction, 481);
            case REFER -> headers().refuse(transaction, 403);
            case OTHER -> headers().refuse(transaction, 501);
            default -> headers().notAllowed(transaction);
        }
    }

    private void inDialog(ServerTransaction transaction) {
        Leg leg = legs.get(String.valueOf(transaction.request().toTag()));
        if (leg != null) {
            leg.session.onRequest(leg, transaction);
        } else if (!calls.restored()) {
            // the table may still bring the call: no 481, which would end it at the peer
            headers().later(transaction, "Dialogs Not Loaded Yet");
        } else {
            headers().refuse(transaction, 481);
        }
    }

    @Override
    public void onAck(ServerTransaction invite, SipMessage ack) {
        if (invite.attachment() instanceof SetUp setUp) {
            setUp.onAck(ack);
        } else if (invite.attachment() instanceof Replacement replacement) {
            replacement.acked(ack);
        } else if (invite.attachment() instanceof Leg leg) {
            leg.invite = null;
            leg.settle(ack);
        } else if (invite.attachment() instanceof Crossing crossing) {
            crossing.acked(ack);
        }
    }

    @Override
    public void onAckMissing(ServerTransaction invite) {
        if (invite.attachment() instanceof SetUp setUp) {
            setUp.onAckMissing();
        } else if (invite.attachment() instanceof Replacement replacement) {
            replacement.acked(null);
        } else if (invite.attachment() instanceof Leg leg) {
            leg.settle(null);
            leg.session.hangUp(leg, "408");
        } else if (invite.attachment() instanceof Crossing crossing) {
            crossing.ackMissing();
        }
    }

    @Override
    public void onCancel(ServerTransaction invite, SipMessage cancel) {
        if (invite.attachment() instanceof SetUp setUp) {
            setUp.cancelled(cancel);
        } else if (invite.attachment() instanceof Crossing crossing) {
            crossing.cancel(cancel);
        } else if (invite.attachment() instanceof Replacement replacement) {
            replacement.cancelled();
        } else {
            invite.respond(487, Causes.phrase(487));
        }
    }

    @Override
    public void onPrackMissing(ServerTransaction invite) {
        if (invite.attachment() instanceof SetUp setUp) {
            setUp.prackMissing();
        } else {
            invite.respond(504, Causes.phrase(504));
        }
    }

    /**
     * A 2xx for an INVITE from before a kill: the peer thinks that it has a call, so the ACK is given. A call that the
     * table brought back goes on, any other ends with a BYE, or the peer would keep it for ever.
     */
    @Override
    public void onStray(SipMessage message, Flow flow) {
        if (message.isRequest()
                || message.method() != SipMethod.INVITE
                || message.status() / 100 != 2
                || message.toTag() == null
                || !settings.isPeer(flow.remote())) {
            return;
        }
        Leg leg = legs.get(String.valueOf(message.fromTag()));
        if (leg == null && !calls.restored()) {
            return; // it comes again, and by then the table has told
        }
        Dialog dialog = Dialog.of(message, new Hop(flow.protocol(), flow.remote()));
        SipWriter ack = dialog.ack(stack(), message.cseq()).add(SipHeader.MAX_FORWARDS, 70);
        identifyAgainst(message, ack);
        stack().sendAck(ack.build(), dialog.hop());
        Dialog known = leg == null ? null : leg.dialog;
        if (known == null || !String.valueOf(message.toTag()).equals(known.remoteTag())) {
            calls.count("orphaned");
            byeAndForget(dialog, message, logins.at(flow.remote()));
        }
    }

    /** The session identifier of a response of the peer, turned round. */
    private static void identifyAgainst(SipMessage response, SipWriter writer) {
        SessionId known = SessionId.of(response);
        if (known != null) {
            writer.add(SipHeader.SESSION_ID, known.reversed().text());
        }
    }

    @Override
    public void onRefused(Refusal refusal, int offset, InetSocketAddress from, Protocol protocol, String head) {
        String source = from.getAddress().getHostAddress() + ";" + protocol.text();
        refused(refusal.text(), "byte " + offset + " from " + source + ": " + head, refusal.expected());
    }

    @Override
    public boolean exempt(SipMessage request, Flow flow) {
        return newCalls.emergency(request, flow);
    }

    @Override
    public void onOverload(SipMessage request, Flow flow) {
        refused(
                "transactions-per-source",
                flow.remote().getAddress().getHostAddress(),
                "at most " + settings.sip().limits().transactions() + " open transactions of one address");
    }

    @Override
    public void onUnread(Flow flow, int bytes) {
        refused(
                "unread",
                flow.remote().getAddress().getHostAddress() + " leaves " + bytes + " bytes on its connection",
                "a peer that reads; the connection is closed");
    }

    /** Counts what was refused, and tells log and bus at most once a second per reason. */
    void refused(String reason, String value, String expected) {
        String place = settings.id().toString();
        meters.counter("jackfield.input.refused", "place", place, "reason", reason)
                .increment();
        long now = clock.millis();
        Long last = refusedAt.get(reason);
        if (last == null || now - last >= REFUSED_EVERY) {
            refusedAt.put(reason, now);
            LOG.warn("{} refused {}: {} (expected: {})", place, reason, value, expected);
            events.append(Origin.HOST, null, new LinkEvents.Refused(place, reason, value, expected));
        }
    }

    // what calls need

    void register(Leg leg, String tag) {
        legs.put(tag, leg);
        leg.tags.add(tag);
    }

    void unregister(Leg leg) {
        leg.ended = true;
        SessionClock clock = leg.clock;
        if (clock != null) {
            clock.stop();
        }
        leg.tags.forEach(legs::remove);
    }

    int legs() {
        return legs.size();
    }

    @Nullable
    Leg leg(String tag) {
        return legs.get(tag);
    }

    /** A call found its next hop silent or out of reach. */
    void missed(Hop hop) {
        started().health().missed(hop);
    }

    /** Sends a request in a dialog of {@code leg}, with the host's credentials when that side wants some. */
    ClientTransaction send(Leg leg, Dialog dialog, SipMessage request, ResponseHandler handler) {
        return stack().send(request, dialog.hop(), handler, logins.of(leg.side), dialog);
    }

    /** Sends the INVITE that shall make the dialog of {@code leg}. */
    ClientTransaction invite(Leg leg, SipMessage request, ResponseHandler handler) {
        return stack().send(request, leg.hop, handler, logins.of(leg.side), null);
    }

    /** Ends a dialog that belongs to no leg, as {@code success} made it. */
    void byeAndForget(Dialog dialog, SipMessage success, Trunk.Side side) {
        byeAndForget(dialog, success, logins.of(side));
    }

    private void byeAndForget(Dialog dialog, SipMessage success, Login login) {
        SipWriter bye = dialog.request(stack(), "BYE").add(SipHeader.MAX_FORWARDS, 70);
        identifyAgainst(success, bye);
        stack().send(bye.build(), dialog.hop(), IGNORE, login, dialog);
    }

    /** User-to-User values of others go on as they are; what does not fit is dropped and counted, never lost silently. */
    void foreignUui(SipMessage request, SipWriter writer, @Nullable String own) {
        for (int i = request.find(SipHeader.USER_TO_USER); i >= 0; i = request.find(SipHeader.USER_TO_USER, i + 1)) {
            String value = request.value(i);
            if (!UserToUser.fit(value)) {
                refused("user-to-user", value, "hexadecimal, at most 128 octets (RFC 7433)");
            } else if (own == null || !own.equals(Uui.readHeader(value).token())) {
                writer.copy(request, i);
            }
        }
    }
}
