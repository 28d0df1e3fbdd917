package org.jackfield.sip;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.plugin.Trunk.InviteQuestion;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.Flow;
import org.jackfield.protocol.sip.HistoryInfo;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SessionTimer;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipUri;
import org.jspecify.annotations.Nullable;

/** INVITEs that open a dialog: checked, told to the bus, asked about, and sent where the answer says. For the stack's thread. */
final class NewCalls {
    private static final double NEARLY_FULL = 0.95;
    private static final int MOST_VISITS = 3;
    private static final String VOICEMAIL = "voicemail:";
    private static final String MAILBOX = ";opaque=app:voicemail";
    private static final Pattern ANY_MAILBOX = Pattern.compile(MAILBOX, Pattern.CASE_INSENSITIVE);

    private final TrunkEngine engine;
    private final EventBus bus;
    private final MeterRegistry meters;
    private final Map<String, Timer> offers = new HashMap<>();
    private final Tokens tokens;
    private final OfferPoint<InviteQuestion, InviteAnswer> invites;

    NewCalls(
            TrunkEngine engine,
            EventBus bus,
            MeterRegistry meters,
            Tokens tokens,
            OfferPoint<InviteQuestion, InviteAnswer> invites) {
        this.engine = engine;
        this.bus = bus;
        this.meters = meters;
        this.tokens = tokens;
        this.invites = invites;
    }

    private TrunkSettings settings() {
        return engine.settings();
    }

    void onInvite(ServerTransaction transaction) {
        transaction.respondTrying();
        SipMessage request = transaction.request();
        Trunk.Side side = sideOf(request, transaction.flow());
        if (side == null) {
            engine.refused(
                    "unknown-source",
                    transaction.flow().remote().getAddress().getHostAddress(),
                    "a call from " + settings().sbc() + " or " + settings().acd());
            engine.headers().refuse(transaction, 403);
            return;
        }
        boolean emergency = emergency(request, side);
        CallerCheck check = side == Trunk.Side.ACD && !emergency ? engine.callerCheck() : null;
        if (check != null && !check.passes(transaction)) {
            return;
        }
        String unsupported = HeaderRules.unsupported(request, side == Trunk.Side.ACD);
        if (!unsupported.isEmpty() && !emergency) {
            engine.headers().badExtension(transaction, unsupported);
        } else if (request.maxForwards() == 0) {
            engine.headers().refuse(transaction, 483);
        } else if (!request.has(SipHeader.CONTACT)) {
            engine.headers().refuse(transaction, 400, "Contact Missing");
        } else if (!scheme(request.requestUri())) {
            engine.headers().refuse(transaction, 416);
        } else if (SessionTimer.tooSmall(request, settings().rules().sessionLeast())) {
            tooSmall(engine, transaction);
        } else if (request.has(SipHeader.REPLACES)) {
            engine.transfers().onReplaces(transaction, side, hop(transaction, side));
        } else if (emergency) {
            begin(transaction, side, true);
        } else if (loops(request)) {
            engine.headers().refuse(transaction, 482);
        } else if (engine.stopping() || engine.calls().active() >= settings().maxCalls() || bus.fill() > NEARLY_FULL) {
            refuse(transaction);
        } else if (engine.calls().from(transaction.flow().remote().getAddress())
                >= settings().rules().dialogsPerSource()) {
            engine.refused(
                    "dialogs-per-source",
                    transaction.flow().remote().getAddress().getHostAddress(),
                    "at most " + settings().rules().dialogsPerSource() + " open calls of one address");
            refuse(transaction);
        } else {
            begin(transaction, side, false);
        }
    }

    /** True for an INVITE to a number that saves lives, from who may call here. */
    boolean emergency(SipMessage request, Flow flow) {
        Trunk.Side side = request.method() == SipMethod.INVITE ? sideOf(request, flow) : null;
        return side != null && emergency(request, side);
    }

    /** True for a number that saves lives: it is put through whatever else is going on. */
    private boolean emergency(SipMessage request, Trunk.Side side) {
        String called = number(request.requestUri());
        return side != Trunk.Side.CARRIER
                && called != null
                && settings().rules().emergency().contains(called);
    }

    private static boolean scheme(String uri) {
        String scheme = SipUri.parse(uri).scheme();
        return scheme.equals("sip") || scheme.equals("sips") || scheme.equals("tel");
    }

    /** 422 with the smallest interval that is taken (RFC 4028 section 6). */
    static void tooSmall(TrunkEngine engine, ServerTransaction transaction) {
        engine.headers().tooSmall(transaction, engine.settings().rules().sessionLeast());
    }

    /** True when the number that is called now was met too often on the call's way (RFC 7044). */
    private static boolean loops(SipMessage request) {
        if (!request.has(SipHeader.HISTORY_INFO)) {
            return false;
        }
        String called = number(request.requestUri());
        long met = HistoryInfo.of(request).stream()
                .filter(entry -> called != null && called.equals(number(entry.uri())))
                .count();
        return met > MOST_VISITS;
    }

    private void refuse(ServerTransaction transaction) {
        engine.calls().count("overload");
        engine.headers().unavailable(transaction);
    }

    private void begin(ServerTransaction transaction, Trunk.Side side, boolean emergency) {
        String called = number(transaction.request().requestUri());
        Referral hairpin =
                side == Trunk.Side.ACD || emergency ? null : engine.transfers().hairpin(transaction.request(), called);
        if (hairpin != null) {
            again(transaction, side, called, hairpin);
            return;
        }
        boolean fromSbc = side != Trunk.Side.ACD && !emergency;
        String calling = calling(transaction.request());
        long now = System.nanoTime();
        SetUp before = fromSbc ? engine.repeats().find(transaction.request(), calling, called, now) : null;
        if (before != null && before.repeated(transaction, hop(transaction, side))) {
            engine.calls().count("repeated");
            return;
        }
        Referral transfer = side == Trunk.Side.ACD ? engine.transfers().behind(called) : null;
        Session session =
                new Session(engine, transaction, side, hop(transaction, side), identity(transaction, called, transfer));
        try {
            engine.events()
                    .publish(
                            TrunkEvents.origin(side),
                            session.call,
                            TrunkEvents.call(
                                    CallEvents.Kind.OFFERED,
                                    session,
                                    session.leg,
                                    session.caller(),
                                    engine.agents().of(session),
                                    null));
        } catch (SpoolFullException e) {
            if (!emergency) {
                engine.unregister(session.caller());
                transaction.attach(null);
                refuse(transaction);
                return;
            }
        }
        engine.calls().begun(session);
        engine.calls().count("offered");
        SetUp setUp = session.setUp();
        if (setUp == null) {
            return;
        }
        if (fromSbc) {
            setUp.rememberedAs(engine.repeats().remember(setUp, calling, called, now));
        }
        if (emergency) {
            engine.calls().count("emergency");
            setUp.dial(
                    uri(String.valueOf(called), settings().sbc(), true),
                    Trunk.Side.CARRIER,
                    settings().sbc());
        } else if (transfer != null) {
            if (!transfer.move(setUp)) {
                setUp.refuse(480, "the transfer is over");
            }
        } else if (engine.transfers().isAlias(called)) {
            setUp.refuse(404, "no transfer behind this number");
        } else {
            ask(session, setUp, transaction, side);
        }
    }

    /** The INVITE by which Teams has the host reach the number of a transfer: a part of that, not another call. */
    private void again(ServerTransaction transaction, Trunk.Side side, @Nullable String called, Referral hairpin) {
        Session session =
                new Session(engine, transaction, side, hop(transaction, side), identity(transaction, called, hairpin));
        session.quiet = true;
        engine.calls().begun(session);
        SetUp setUp = session.setUp();
        if (setUp != null) {
            setUp.dial(
                    uri(String.valueOf(called), settings().sbc(), true),
                    Trunk.Side.CARRIER,
                    settings().sbc());
        }
    }

    private Session.Identity identity(
            ServerTransaction transaction, @Nullable String called, @Nullable Referral transfer) {
        SipMessage request = transaction.request();
        String calling = calling(request);
        String token = token(request);
        String call = transfer != null ? transfer.session().call : token == null ? tokens.next() : token;
        int transfers = transfer == null ? 0 : transfer.session().transfers + 1;
        return new Session.Identity(call, calling, called, call, transfers, redirecting(request));
    }

    /** From, or what the trusted SBC asserts when From is anonymous (RFC 3325); that crosses as it came, with its Privacy. */
    private static @Nullable String calling(SipMessage request) {
        String from = number(
                NameAddr.parse(String.valueOf(request.first(SipHeader.FROM))).uri());
        if (from != null && !from.equalsIgnoreCase("anonymous")) {
            return from;
        }
        for (String asserted : request.all(SipHeader.P_ASSERTED_IDENTITY)) {
            String number = number(NameAddr.parse(asserted).uri());
            if (number != null) {
                return number;
            }
        }
        return from;
    }

    /** Whom the call was meant for first, when it was forwarded since (RFC 7044). */
    private static @Nullable String redirecting(SipMessage request) {
        List<HistoryInfo> history = request.has(SipHeader.HISTORY_INFO) ? HistoryInfo.of(request) : List.of();
        return history.size() < 2 ? null : number(history.get(0).uri());
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

    /** On UDP answers go where the INVITE came from; a TCP connection of the peer is never used for our requests. */
    private Hop hop(ServerTransaction transaction, Trunk.Side side) {
        if (transaction.flow().protocol() == Protocol.UDP) {
            return new Hop(Protocol.UDP, transaction.flow().remote());
        }
        return side == Trunk.Side.ACD ? settings().acd() : settings().sbc();
    }

    private void ask(Session session, SetUp setUp, ServerTransaction transaction, Trunk.Side side) {
        SipMessage request = transaction.request();
        var question = new InviteQuestion(
                settings().id(),
                session.call,
                side,
                session.calling,
                session.called,
                request.first(SipHeader.USER_TO_USER),
                request.callId());
        long asked = System.nanoTime();
        invites.offer(
                question,
                Duration.ofMillis(settings().offerTimeout()),
                this::otherwise,
                answered -> engine.stack().execute(() -> {
                    String by = answered.by().startsWith("error") ? "error" : answered.by();
                    offers.computeIfAbsent(by, who -> meters.timer("jackfield.sip.offer", "by", who))
                            .record(System.nanoTime() - asked, TimeUnit.NANOSECONDS);
                    carryOut(setUp, answered.answer());
                }));
    }

    /** The answer when no flow gives one: from the SBC to the default pilot, from the ACD to the number it dialled. */
    private InviteAnswer otherwise(InviteQuestion question) {
        String dialled = question.toUser();
        if (question.side() == Trunk.Side.ACD && dialled != null) {
            return new InviteAnswer.ToSbc(dialled, Trunk.Side.CARRIER, "no flow answered, as dialled");
        }
        String pilot = settings().defaultPilot();
        return pilot == null || question.side() == Trunk.Side.ACD
                ? new InviteAnswer.Refuse(503, "no flow answered")
                : new InviteAnswer.ToAcd(pilot, "default pilot");
    }

    private void carryOut(SetUp setUp, InviteAnswer answer) {
        if (!setUp.ringing()) {
            return;
        }
        if (settings().rules().redirect() && answer instanceof InviteAnswer.ToAcd to) {
            setUp.redirect(uri(to.number(), settings().acd(), false));
        } else if (settings().rules().redirect() && answer instanceof InviteAnswer.ToSbc to) {
            setUp.redirect(uri(to.number(), settings().sbc(), true));
        } else if (answer instanceof InviteAnswer.ToAcd to) {
            setUp.dial(
                    uri(to.number(), settings().acd(), false),
                    Trunk.Side.ACD,
                    settings().acd());
        } else if (answer instanceof InviteAnswer.ToSbc to) {
            Trunk.Side side = to.side() == Trunk.Side.ACD ? Trunk.Side.CARRIER : to.side();
            setUp.dial(
                    uri(to.number(), settings().sbc(), true), side, settings().sbc());
        } else if (answer instanceof InviteAnswer.Redirect to) {
            setUp.redirect(to.uri());
        } else if (answer instanceof InviteAnswer.Refuse no) {
            int status = no.status() < 400 || no.status() > 699 ? 500 : no.status();
            setUp.refuse(status, no.reason().replace('"', '\''));
        }
    }

    /**
     * The URI of a number at a target, {@code user=phone} where the far end expects it. Only {@code voicemail:NUMBER}
     * leads to a mailbox; a call that means a person never does.
     */
    static String uri(String given, Hop hop, boolean phone) {
        boolean voicemail = given.startsWith(VOICEMAIL);
        String plain = voicemail ? given.substring(VOICEMAIL.length()) : given;
        String uri = plainUri(plain, hop, phone);
        if (uri.indexOf(';') >= 0) {
            uri = ANY_MAILBOX.matcher(uri).replaceAll("");
        }
        return voicemail ? uri + MAILBOX : uri;
    }

    private static String plainUri(String number, Hop hop, boolean phone) {
        if (number.startsWith("sip:") || number.startsWith("sips:")) {
            return number;
        }
        String host = hop.address().getAddress().getHostAddress();
        return "sip:" + number + "@" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":"
                + hop.address().getPort()
                + (phone && number.startsWith("+") ? ";user=phone" : "")
                + (hop.protocol() == Protocol.TCP ? ";transport=tcp" : "");
    }

    static @Nullable String number(String uri) {
        if (uri.startsWith("tel:")) {
            int end = uri.indexOf(';');
            return uri.substring(4, end < 0 ? uri.length() : end);
        }
        return SipUri.parse(uri).number();
    }

    /** By where it comes from; when SBC and ACD share an address, the ACD is who sends from its own port. */
    private Trunk.@Nullable Side sideOf(SipMessage request, Flow flow) {
        InetSocketAddress source = flow.remote();
        InetSocketAddress acd = settings().acd().address();
        boolean fromSbc = source.getAddress().equals(settings().sbc().address().getAddress());
        boolean fromAcd = source.getAddress().equals(acd.getAddress());
        if (fromAcd && fromSbc) {
            fromAcd = source.getPort() == acd.getPort() || request.via().port() == acd.getPort();
        }
        if (fromAcd) {
            return Trunk.Side.ACD;
        }
        if (!fromSbc) {
            return null;
        }
        return isTeams(request, SipHeader.FROM) || isTeams(request, SipHeader.CONTACT)
                ? Trunk.Side.TEAMS
                : Trunk.Side.CARRIER;
    }

    private boolean isTeams(SipMessage request, SipHeader header) {
        return settings()
                .teamsMatch()
                .matcher(String.valueOf(request.first(header)))
                .find();
    }
}
