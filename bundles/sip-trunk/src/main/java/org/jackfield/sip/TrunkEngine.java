package org.jackfield.sip;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Table;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.Refusal;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipListener;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trunk at work: takes what the stack hears to the call it belongs to, and keeps calls, aliases and transfers.
 * Everything happens on the stack's thread; what flows answer is brought there.
 */
final class TrunkEngine implements SipListener {
    private static final Logger LOG = LoggerFactory.getLogger(TrunkEngine.class);

    static final ResponseHandler IGNORE = new ResponseHandler() {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {}

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    };

    private static final double NEARLY_FULL = 0.95;
    private static final int MOST_TRANSFERS = 5;
    private static final long TABLE_POLL = 50;
    private static final long REFUSED_EVERY = 1_000;

    private final TrunkSettings settings;
    private final EventBus bus;
    private final MeterRegistry meters;
    private final Clock clock;
    private final OfferPoint<InviteQuestion, InviteAnswer> invites;
    private final Supplier<@Nullable AgentDirectory> directory;
    private final TrunkHealth.Watcher watcher;
    private final Tokens tokens;
    private final TrunkEvents events;
    private final Table<DialogRecord> dialogs;
    private final AliasPool aliases;
    private final Map<String, Leg> legs = new HashMap<>();
    private final Map<String, Referral> referrals = new HashMap<>();
    private final Set<Session> sessions = new HashSet<>();
    private final Map<String, Long> refusedAt = new HashMap<>();
    private final AtomicInteger active = new AtomicInteger();
    private final Gauge gauge;
    private volatile @Nullable SipStack stack;
    private @Nullable TrunkHealth health;
    private boolean restored;
    private boolean stopping;

    TrunkEngine(
            TrunkSettings settings,
            EventBus bus,
            MeterRegistry meters,
            Clock clock,
            OfferPoint<InviteQuestion, InviteAnswer> invites,
            Supplier<@Nullable AgentDirectory> directory,
            TrunkHealth.Watcher watcher) {
        this.settings = settings;
        this.bus = bus;
        this.meters = meters;
        this.clock = clock;
        this.invites = invites;
        this.directory = directory;
        this.watcher = watcher;
        this.tokens = new Tokens(bus.node());
        this.events = new TrunkEvents(bus, settings.id(), clock, (millis, task) -> stack().schedule(millis, task));
        this.dialogs = bus.table("dialog", DialogRecord.class);
        this.aliases = new AliasPool(settings.aliases());
        this.gauge = Gauge.builder("jackfield.sip.calls.active", active, AtomicInteger::get)
                .tag("link", settings.id().name())
                .register(meters);
    }

    /** The stack is bound; for any thread. */
    void start(SipStack bound) {
        stack = bound;
        bound.execute(() -> {
            health = new TrunkHealth(bound, settings, watcher);
            health.start();
            restore();
        });
    }

    SipStack stack() {
        SipStack bound = stack;
        if (bound == null) {
            throw new IllegalStateException("trunk " + settings.id() + ": not started");
        }
        return bound;
    }

    TrunkSettings settings() {
        return settings;
    }

    TrunkEvents events() {
        return events;
    }

    /** Calls that are being set up or are up; for any thread. */
    int calls() {
        return active.get();
    }

    // --- after a restart
    // ----------------------------------------------------------------------------------------------

    private void restore() {
        if (!dialogs.complete()) {
            stack().schedule(TABLE_POLL, this::restore);
            return;
        }
        String link = settings.id().name();
        dialogs.forEach((key, record) -> {
            if (key.tenant().equals(settings.id().tenant()) && record.link().equals(link)) {
                Session session = new Session(this, key.id(), record);
                begun(session);
                stack().schedule(settings.audit(), () -> audit(session));
                DialogRecord.OpenTransfer open = record.transfer();
                if (open != null) {
                    settle(session, open);
                }
            }
        });
        restored = true;
    }

    /** A call whose BYEs came while the host was away would stay for ever: its peers are asked now and then. */
    private void audit(Session session) {
        if (sessions.contains(session)) {
            session.probe();
            stack().schedule(settings.audit(), () -> audit(session));
        }
    }

    /** A transfer that was open when the host died has failed, once. */
    private void settle(Session session, DialogRecord.OpenTransfer open) {
        Leg leg = legs.get(open.leg());
        var failed = new CallEvents.Transfer(
                TransferStep.FAILED,
                session.call,
                open.id(),
                "blind",
                leg == null ? null : leg.callId,
                agent(session),
                open.target(),
                null,
                null,
                503,
                "the trunk was restarted");
        events.append(leg == null ? Origin.HOST : TrunkEvents.origin(leg.side), session.call, failed);
        Dialog dialog = leg == null ? null : leg.dialog;
        if (leg != null && dialog != null) {
            SipWriter writer = dialog.request(stack(), "NOTIFY").add(SipHeader.MAX_FORWARDS, 70);
            own(writer, leg, null);
            writer.add(SipHeader.EVENT, "refer;id=" + open.cseq())
                    .add(SipHeader.SUBSCRIPTION_STATE, "terminated;reason=noresource")
                    .body("message/sipfrag;version=2.0", "SIP/2.0 503 Service Unavailable\r\n");
            stack().send(writer.build(), dialog.hop(), IGNORE);
        }
        save(session);
    }

    /** Ends what cannot outlive this process; for the stack's thread. */
    void stop() {
        stopping = true;
        meters.remove(gauge);
        new ArrayList<>(referrals.values()).forEach(one -> one.failed(503, "the trunk restarts"));
        new ArrayList<>(sessions).forEach(Session::stop);
    }

    // --- what the stack hears
    // -----------------------------------------------------------------------------------------

    @Override
    public void onRequest(ServerTransaction transaction) {
        if (stack == null) {
            return;
        }
        if (transaction.inDialog()) {
            inDialog(transaction);
            return;
        }
        switch (transaction.request().method()) {
            case INVITE -> onInvite(transaction);
            case OPTIONS -> answerOptions(transaction);
            case BYE, NOTIFY, INFO, UPDATE, PRACK -> transaction.respond(481, Causes.phrase(481));
            case REFER -> transaction.respond(403, Causes.phrase(403));
            case OTHER -> transaction.respond(501, Causes.phrase(501));
            default -> notAllowed(transaction);
        }
    }

    private void inDialog(ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Leg leg = legs.get(String.valueOf(request.toTag()));
        if (leg != null) {
            leg.session.onRequest(leg, transaction);
        } else if (!restored) {
            // the table may still bring the call: no 481, which would end it at the peer
            transaction.respond(transaction
                    .response(500, "Dialogs Not Loaded Yet")
                    .add(SipHeader.RETRY_AFTER, 1)
                    .build());
        } else {
            transaction.respond(481, Causes.phrase(481));
        }
    }

    @Override
    public void onAck(ServerTransaction invite, SipMessage ack) {
        if (invite.attachment() instanceof Session session) {
            session.onAck(ack);
        } else if (invite.attachment() instanceof Session.Passing passing) {
            passing.acked(ack);
        }
    }

    @Override
    public void onAckMissing(ServerTransaction invite) {
        if (invite.attachment() instanceof Session session) {
            session.onAckMissing();
        } else if (invite.attachment() instanceof Session.Passing passing) {
            passing.ackMissing();
        }
    }

    @Override
    public void onCancel(ServerTransaction invite, SipMessage cancel) {
        if (invite.attachment() instanceof Session session) {
            session.cancelled(cancel);
        } else if (invite.attachment() instanceof Session.Passing passing) {
            passing.cancel(cancel);
        } else {
            invite.respond(487, Causes.phrase(487));
        }
    }

    @Override
    public void onRefused(Refusal refusal, int offset, InetSocketAddress from, Protocol protocol, String head) {
        refused(
                refusal.text(),
                "byte " + offset + " from " + from.getAddress().getHostAddress() + ";" + protocol.text() + ": " + head,
                refusal.expected());
    }

    /** Counts what was refused, and tells the bus at most once a second per reason. */
    private void refused(String reason, String value, String expected) {
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

    // --- OPTIONS and other simple answers
    // -----------------------------------------------------------------------------

    static String allow(TrunkSettings settings) {
        return settings.refer() == TrunkSettings.ReferMode.PASS
                ? "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, INFO, UPDATE"
                : "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, UPDATE";
    }

    /** Says what this host can do, with no need of calls, flows or bus. */
    void answerOptions(ServerTransaction transaction) {
        transaction.respond(transaction
                .response(200, "OK")
                .add(SipHeader.CONTACT, stack().contact(transaction.flow().protocol()))
                .add(SipHeader.ALLOW, allow(settings))
                .add(SipHeader.SUPPORTED, "replaces, timer")
                .add(SipHeader.ACCEPT, "application/sdp")
                .add(SipHeader.X_MS_SBC, settings.sbcName())
                .build());
    }

    void notAllowed(ServerTransaction transaction) {
        transaction.respond(transaction
                .response(405, Causes.phrase(405))
                .add(SipHeader.ALLOW, allow(settings))
                .build());
    }

    /** Contact, Allow and name of this host, as every INVITE, re-INVITE and answer to one needs them. */
    void own(SipWriter writer, Leg leg, @Nullable SipMessage source) {
        writer.add(SipHeader.CONTACT, stack().contact(leg.hop.protocol())).add(SipHeader.ALLOW, allow(settings));
        sign(writer, leg, source);
    }

    /** The name of this host toward the SBC, unless {@code source} brings one that crosses. */
    void sign(SipWriter writer, Leg leg, @Nullable SipMessage source) {
        if (leg.onSbc() && !settings.sbcName().isEmpty() && (source == null || !source.has(SipHeader.X_MS_SBC))) {
            writer.add(SipHeader.X_MS_SBC, settings.sbcName());
        }
    }

    // --- new calls
    // ----------------------------------------------------------------------------------------------------

    private void onInvite(ServerTransaction transaction) {
        transaction.respond(100, "Trying");
        SipMessage request = transaction.request();
        Trunk.Side side = sideOf(transaction);
        if (side == null) {
            refused(
                    "unknown-source",
                    transaction.flow().remote().getAddress().getHostAddress(),
                    "a call from " + settings.sbc() + " or " + settings.acd());
            transaction.respond(403, Causes.phrase(403));
            return;
        }
        String unsupported = HeaderRules.unsupported(request);
        if (!unsupported.isEmpty()) {
            transaction.respond(transaction
                    .response(420, Causes.phrase(420))
                    .add(SipHeader.UNSUPPORTED, unsupported)
                    .build());
        } else if (request.maxForwards() == 0) {
            transaction.respond(483, Causes.phrase(483));
        } else if (!request.has(SipHeader.CONTACT)) {
            transaction.respond(400, "Contact Missing");
        } else if (request.has(SipHeader.REPLACES)) {
            transaction.respond(481, Causes.phrase(481));
        } else if (stopping || active.get() >= settings.maxCalls() || bus.fill() > NEARLY_FULL) {
            unavailable(transaction);
        } else {
            begin(transaction, side);
        }
    }

    private void unavailable(ServerTransaction transaction) {
        count("overload");
        transaction.respond(transaction
                .response(503, Causes.phrase(503))
                .add(SipHeader.RETRY_AFTER, 10)
                .add(SipHeader.REASON, "Q.850;cause=42;text=\"no room\"")
                .build());
    }

    private void begin(ServerTransaction transaction, Trunk.Side side) {
        SipMessage request = transaction.request();
        String called = number(request.requestUri());
        Referral referral = side == Trunk.Side.ACD && called != null ? aliases.referral(called) : null;
        String calling = number(
                NameAddr.parse(String.valueOf(request.first(SipHeader.FROM))).uri());
        String token = token(request);
        String call = referral != null ? referral.session().call : token == null ? tokens.next() : token;
        int transfers = referral == null ? 0 : referral.session().transfers + 1;
        Hop hop = transaction.flow().protocol() == Protocol.UDP
                ? new Hop(Protocol.UDP, transaction.flow().remote())
                : side == Trunk.Side.ACD ? settings.acd() : settings.sbc();
        var session =
                new Session(this, transaction, side, hop, new Session.Identity(call, calling, called, call, transfers));
        try {
            events.publish(
                    TrunkEvents.origin(side),
                    call,
                    TrunkEvents.call(CallEvents.Kind.OFFERED, session, session.leg, session.a, agent(session), null));
        } catch (SpoolFullException e) {
            unregister(session.a);
            transaction.attach(null);
            unavailable(transaction);
            return;
        }
        begun(session);
        count("offered");
        if (referral != null) {
            if (!referral.move(session)) {
                session.refuse(480, "the transfer is over");
            }
        } else if (aliases.has(called)) {
            session.refuse(404, "no transfer behind this number");
        } else {
            ask(session, transaction, side);
        }
    }

    private void ask(Session session, ServerTransaction transaction, Trunk.Side side) {
        SipMessage request = transaction.request();
        var question = new InviteQuestion(
                settings.id(),
                session.call,
                side,
                session.calling,
                session.called,
                request.first(SipHeader.USER_TO_USER),
                request.callId());
        long asked = System.nanoTime();
        invites.offer(
                question,
                Duration.ofMillis(settings.offerTimeout()),
                this::otherwise,
                answered -> stack().execute(() -> {
                    String by = answered.by().startsWith("error") ? "error" : answered.by();
                    meters.timer("jackfield.sip.offer", "by", by).record(Duration.ofNanos(System.nanoTime() - asked));
                    carryOut(session, answered.answer());
                }));
    }

    /** The answer when no flow gives one. */
    private InviteAnswer otherwise(InviteQuestion question) {
        String pilot = settings.defaultPilot();
        return pilot == null || question.side() == Trunk.Side.ACD
                ? new InviteAnswer.Refuse(503, "no flow answered")
                : new InviteAnswer.ToAcd(pilot, "default pilot");
    }

    private void carryOut(Session session, InviteAnswer answer) {
        if (!session.ringing()) {
            return;
        }
        if (answer instanceof InviteAnswer.ToAcd to) {
            session.dial(uri(to.number(), settings.acd(), false), Trunk.Side.ACD, settings.acd());
        } else if (answer instanceof InviteAnswer.ToSbc to) {
            Trunk.Side side = to.side() == Trunk.Side.ACD ? Trunk.Side.CARRIER : to.side();
            session.dial(uri(to.number(), settings.sbc(), true), side, settings.sbc());
        } else if (answer instanceof InviteAnswer.Redirect to) {
            session.redirect(to.uri());
        } else if (answer instanceof InviteAnswer.Refuse no) {
            session.refuse(
                    no.status() < 400 || no.status() > 699 ? 500 : no.status(),
                    no.reason().replace("\"", "'"));
        }
    }

    private static String uri(String number, Hop hop, boolean phone) {
        if (number.startsWith("sip:") || number.startsWith("sips:")) {
            return number;
        }
        String host = hop.address().getAddress().getHostAddress();
        return "sip:" + number + "@" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":"
                + hop.address().getPort()
                + (phone && number.startsWith("+") ? ";user=phone" : "")
                + (hop.protocol() == Protocol.TCP ? ";transport=tcp" : "");
    }

    private static @Nullable String number(String uri) {
        return SipUri.parse(uri).number();
    }

    private static @Nullable String token(SipMessage request) {
        for (String value : request.all(SipHeader.USER_TO_USER)) {
            String token = Uui.readHeader(value).token();
            if (token != null) {
                return token;
            }
        }
        return null;
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

    /** By where it comes from; when SBC and ACD share an address, the ACD is who sends from its own port. */
    private Trunk.@Nullable Side sideOf(ServerTransaction transaction) {
        InetSocketAddress source = transaction.flow().remote();
        boolean sbc = source.getAddress().equals(settings.sbc().address().getAddress());
        boolean acd = source.getAddress().equals(settings.acd().address().getAddress());
        if (acd && sbc) {
            int port = settings.acd().address().getPort();
            acd = source.getPort() == port || transaction.request().via().port() == port;
        }
        if (acd) {
            return Trunk.Side.ACD;
        }
        if (!sbc) {
            return null;
        }
        SipMessage request = transaction.request();
        boolean teams = settings.teamsMatch()
                        .matcher(String.valueOf(request.first(SipHeader.FROM)))
                        .find()
                || settings.teamsMatch()
                        .matcher(String.valueOf(request.first(SipHeader.CONTACT)))
                        .find();
        return teams ? Trunk.Side.TEAMS : Trunk.Side.CARRIER;
    }

    // --- bookkeeping
    // --------------------------------------------------------------------------------------------------

    void register(Leg leg, String tag) {
        legs.put(tag, leg);
        leg.tags.add(tag);
    }

    void unregister(Leg leg) {
        leg.ended = true;
        leg.tags.forEach(legs::remove);
    }

    private void begun(Session session) {
        if (sessions.add(session)) {
            active.incrementAndGet();
        }
    }

    void ended(Session session) {
        if (sessions.remove(session)) {
            active.decrementAndGet();
        }
    }

    void established(Session session, Leg answering) {
        count("established");
        events.append(
                TrunkEvents.origin(answering.side),
                session.call,
                TrunkEvents.call(
                        CallEvents.Kind.ESTABLISHED, session, answering.callId, answering, agent(session), null));
        save(session);
    }

    /** Keeps what a restart needs; tried again while the spool is full. */
    void save(Session session) {
        DialogRecord record =
                session.established() ? session.record(settings.id().name()) : null;
        if (record == null) {
            return;
        }
        try {
            dialogs.put(key(session), record);
        } catch (SpoolFullException e) {
            count("unsaved");
            stack().schedule(REFUSED_EVERY, () -> save(session));
        }
    }

    void forgetDialogs(Session session) {
        try {
            dialogs.remove(key(session));
        } catch (SpoolFullException e) {
            stack().schedule(REFUSED_EVERY, () -> forgetDialogs(session));
        }
    }

    private Table.Key key(Session session) {
        return new Table.Key(settings.id().tenant(), session.id);
    }

    void count(String outcome) {
        meters.counter("jackfield.sip.calls", "link", settings.id().name(), "outcome", outcome)
                .increment();
    }

    /** A call found its next hop silent or out of reach. */
    void noteTarget(Hop hop, boolean reached) {
        TrunkHealth known = health;
        if (known != null && !reached) {
            known.missed(hop);
        }
    }

    /** The agent whom a number of the call belongs to. */
    @Nullable
    String agent(Session session) {
        AgentDirectory known = directory.get();
        if (known == null) {
            return null;
        }
        Agent agent = agent(known, session.called);
        agent = agent == null ? agent(known, session.calling) : agent;
        return agent == null ? null : agent.id();
    }

    private @Nullable Agent agent(AgentDirectory known, @Nullable String number) {
        if (number == null) {
            return null;
        }
        String tenant = settings.id().tenant();
        Agent agent = known.byNumber(tenant, number);
        return agent == null ? known.byDevice(tenant, number) : agent;
    }

    void byeAndForget(Dialog dialog) {
        SipMessage bye =
                dialog.request(stack(), "BYE").add(SipHeader.MAX_FORWARDS, 70).build();
        stack().send(bye, dialog.hop(), IGNORE);
    }

    // --- transfers
    // ----------------------------------------------------------------------------------------------------

    /** REFER inside of a call (RFC 3515): checked, in the spool, then 202. */
    void onRefer(Leg leg, ServerTransaction transaction) {
        SipMessage refer = transaction.request();
        List<String> targets = refer.all(SipHeader.REFER_TO);
        if (settings.refer() != TrunkSettings.ReferMode.PASS) {
            notAllowed(transaction);
            return;
        }
        if (targets.size() != 1) {
            transaction.respond(400, "One Refer-To Expected");
            return;
        }
        String target = target(targets.get(0));
        SipUri uri = SipUri.parse(target);
        String method = uri.parameter("method");
        if (uri.host().isEmpty() || (method != null && SipMethod.of(method) != SipMethod.INVITE)) {
            transaction.respond(400, "Refer-To Not Understood");
        } else if (leg.referral != null || (leg.peer != null && leg.peer.referral != null)) {
            transaction.respond(491, Causes.phrase(491));
        } else if (leg.session.transfers + leg.referrals >= MOST_TRANSFERS) {
            transaction.respond(482, Causes.phrase(482));
        } else if (stopping || leg.peer == null || !leg.peer.up()) {
            transaction.respond(503, Causes.phrase(503));
        } else {
            String route = leg.onSbc() ? target : uri(String.valueOf(uri.user()), settings.sbc(), true);
            take(leg, transaction, route);
        }
    }

    /** The URI of Refer-To byte for byte; what stands behind a question mark are headers, not the URI. */
    private static String target(String referTo) {
        String uri = NameAddr.parse(referTo).uri();
        int question = uri.indexOf('?');
        return question < 0 ? uri : uri.substring(0, question);
    }

    private void take(Leg leg, ServerTransaction transaction, String target) {
        Referral referral = new Referral(this, tokens.next(), leg, transaction.request(), target);
        referral.alias(referral.forFlows() ? aliases.bind(referral) : null);
        try {
            events.publish(TrunkEvents.origin(leg.side), leg.session.call, referral.first());
        } catch (SpoolFullException e) {
            forget(referral, null);
            unavailable(transaction);
            return;
        }
        leg.referral = referral;
        leg.referrals++;
        referrals.put(referral.id(), referral);
        save(leg.session);
        SipWriter accepted = transaction.response(202, "Accepted");
        own(accepted, leg, null);
        transaction.respond(accepted.build());
        referral.begun();
    }

    void forget(Referral referral, @Nullable String alias) {
        referrals.remove(referral.id());
        aliases.free(alias);
    }

    void freeAlias(@Nullable String alias) {
        aliases.free(alias);
    }

    /** The operation {@code takeTransfer}; for the stack's thread. */
    boolean takeTransfer(String id) {
        Referral referral = referrals.get(id);
        return referral != null && referral.take();
    }

    /** The operation {@code bridgeTransfer}; for the stack's thread. */
    boolean bridgeTransfer(String id, String reason) {
        Referral referral = referrals.get(id);
        return referral != null && referral.bridge(reason);
    }
}
