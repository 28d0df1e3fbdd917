package org.jackfield.sip;

import java.net.InetAddress;
import org.jackfield.event.CallEvents;
import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SessionId;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes through the host: two legs, back to back (RFC 3261 section 6, B2BUA).
 * For the stack's thread. Every event is in the spool before the answer that depends on it leaves.
 */
final class Session {
    final String id;
    final String call;
    final @Nullable String calling;
    final @Nullable String called;
    final @Nullable String uui;
    /** Whom the call was meant for first; not known any more after a restart. */
    final @Nullable String redirecting;
    /** How many transfers led here. */
    final int transfers;
    /** The SIP Call-ID of the leg that began it, by which its events name it. */
    final String leg;

    /** The address that began it, which answers for how many are open. */
    final InetAddress source;

    private final TrunkEngine engine;
    private Leg a;
    private @Nullable Leg b;
    private @Nullable SetUp setUp;
    private boolean established;
    private boolean cleared;
    /** A part of a transfer that comes by again: it is told as that, not as a call. */
    boolean quiet;

    /** A call that begins with an INVITE. */
    Session(TrunkEngine engine, ServerTransaction invite, Trunk.Side side, Hop hop, Identity identity) {
        this.engine = engine;
        this.id = invite.localTag();
        this.call = identity.call();
        this.calling = identity.calling();
        this.called = identity.called();
        this.uui = identity.uui();
        this.redirecting = identity.redirecting();
        this.transfers = identity.transfers();
        this.leg = invite.request().callId();
        this.source = invite.flow().remote().getAddress();
        this.a = new Leg(this, side, hop, leg);
        a.invite = invite;
        a.learn(invite.request());
        a.met(invite.request());
        engine.register(a, invite.localTag());
        setUp = new SetUp(engine, this, a, invite);
    }

    /** A call from before a restart. */
    Session(TrunkEngine engine, String id, DialogRecord from) {
        this.engine = engine;
        this.id = id;
        this.call = from.call();
        this.calling = from.calling();
        this.called = from.called();
        this.uui = from.uui();
        this.redirecting = null;
        this.transfers = from.transfers();
        this.leg = from.leg();
        this.a = restored(from.a());
        this.source = a.hop.address().getAddress();
        pair(restored(from.b()));
        established = true;
    }

    /** Who calls whom, and the host's id for it. */
    record Identity(
            String call,
            @Nullable String calling,
            @Nullable String called,
            @Nullable String uui,
            int transfers,
            @Nullable String redirecting) {}

    private Leg restored(DialogRecord.Leg from) {
        Dialog dialog = Dialog.restore(from.dialog());
        Leg made = new Leg(this, from.side(), Hop.parse(from.dialog().hop()), dialog.callId());
        made.dialog = dialog;
        made.sdp = from.sdp();
        made.allow = from.allow();
        made.half = from.half() == null ? SessionId.fresh() : from.half();
        engine.register(made, dialog.localTag());
        return made;
    }

    /** The leg that began it, or who took its place. */
    Leg caller() {
        return a;
    }

    /** The set-up, null once the caller has acknowledged the answer. */
    @Nullable
    SetUp setUp() {
        return setUp;
    }

    void setUpDone() {
        setUp = null;
    }

    boolean established() {
        return established && !cleared;
    }

    /** The same call came again by way of another proxy: {@code fresh} is where the caller is from now on. */
    void callerMoved(Leg fresh) {
        Leg other = b;
        a = fresh;
        if (other != null) {
            pair(other);
        }
    }

    void pair(Leg other) {
        other.peer = a;
        a.peer = other;
        b = other;
    }

    /** Both legs are up: this is on the bus and in the table before the caller hears of it. */
    void answered(Leg callee, @Nullable String remark) {
        established = true;
        engine.calls().established(this, callee, remark);
    }

    /** Puts {@code joined} in the place of {@code leaving}; the leg that left stays with its own dialog. */
    void replace(Leg leaving, Leg joined) {
        Leg staying = leaving.peer;
        leaving.peer = null;
        joined.session = this;
        joined.peer = staying;
        if (staying != null) {
            staying.peer = joined;
        }
        if (leaving == a) {
            a = joined;
        } else {
            b = joined;
        }
    }

    /** The leg that took another's place is on the bus before anybody hears of it. */
    void told(Replacement by, Leg joined, String transfer) {
        String agent = engine.agents().of(this);
        engine.events().append(TrunkEvents.origin(joined.side), call, by.event(joined, agent == null ? "" : agent));
        engine.calls().count("replaced");
    }

    /** Another call takes this leg over; what is left of this one is over for the bus. */
    void give(Leg leaving) {
        Leg other = leaving.peer;
        leaving.peer = null;
        if (other != null) {
            other.peer = null;
        }
        finish(CallEvents.Kind.CLEARED, leaving, Ending.of("transferred"), "transferred", () -> {});
        if (leaving == b) {
            b = null;
        }
    }

    /** A leg of another call belongs here from now on; it stands in nobody's place yet. */
    void adopt(Leg party) {
        party.peer = null;
    }

    /** True while a transfer of one of its legs has no outcome. */
    boolean transferring() {
        Leg other = b;
        return a.referral != null || (other != null && other.referral != null);
    }

    /** Who speaks with whom (RFC 7989): the caller's half, and the callee's as far as it is known. */
    String identifier() {
        Leg other = b;
        return SessionId.text(
                a.half == null ? SessionId.NIL : a.half,
                other == null || other.half == null ? SessionId.NIL : other.half);
    }

    /** What a restart needs to know; null while a leg is missing. */
    @Nullable
    DialogRecord record(String link) {
        Leg other = b;
        Dialog first = a.dialog;
        Dialog second = other == null ? null : other.dialog;
        if (first == null || other == null || second == null) {
            return null;
        }
        Referral open = a.referral == null ? other.referral : a.referral;
        return new DialogRecord(
                link,
                call,
                leg,
                calling,
                called,
                uui,
                transfers,
                open == null ? null : open.record(),
                new DialogRecord.Leg(a.side, first.state(), a.sdp, a.allow, a.half),
                new DialogRecord.Leg(other.side, second.state(), other.sdp, other.allow, other.half));
    }

    /** A request inside of one of the dialogs. */
    void onRequest(Leg from, ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Dialog dialog = from.dialog;
        if (from.ended) {
            if (request.method() == SipMethod.BYE) {
                engine.headers().ok(transaction);
            } else {
                engine.headers().refuse(transaction, 481, "Gone");
            }
        } else if (dialog == null) {
            from.met(request);
            onEarlyRequest(from, transaction);
        } else if (!dialog.matches(request)) {
            engine.headers().refuse(transaction, 481);
        } else if (!dialog.inOrder(request)) {
            engine.headers().refuse(transaction, 500, "Out Of Order");
        } else {
            from.met(request);
            switch (request.method()) {
                case BYE -> onBye(from, transaction);
                case REFER -> engine.transfers().onRefer(from, transaction);
                case OPTIONS -> engine.headers().answerOptions(transaction);
                case NOTIFY -> engine.headers().refuse(transaction, 481, "Subscription Does Not Exist");
                case PRACK, SUBSCRIBE, CANCEL, ACK -> engine.headers().notAllowed(transaction);
                default -> Crossing.pass(engine, from, transaction);
            }
        }
    }

    /** RFC 3261 section 15: a caller may BYE an early dialog; that is as good as CANCEL. */
    private void onEarlyRequest(Leg from, ServerTransaction transaction) {
        SetUp ringing = setUp;
        if (transaction.request().method() == SipMethod.PRACK && from == a && from.invite != null) {
            if (from.invite.onPrack(transaction.request())) {
                engine.headers().ok(transaction);
            } else {
                engine.headers().refuse(transaction, 481);
            }
        } else if (transaction.request().method() == SipMethod.BYE
                && from == a
                && ringing != null
                && ringing.ringing()) {
            ringing.cancelled(transaction.request());
            engine.headers().ok(transaction);
        } else if (transaction.request().method() == SipMethod.UPDATE
                && from == b
                && ringing != null
                && ringing.ringing()) {
            ringing.onUpdate(transaction, from);
        } else if (transaction.request().method() == SipMethod.UPDATE
                && from == a
                && ringing != null
                && ringing.ringing()
                && !transaction.request().hasBody()) {
            SipWriter writer = transaction.response(200, "OK"); // other media have to wait for who answers
            engine.headers().own(writer, from, null);
            transaction.respond(writer.build());
        } else {
            engine.headers().later(transaction, "Not Yet");
        }
    }

    private void onBye(Leg from, ServerTransaction transaction) {
        SipMessage bye = transaction.request();
        from.ended = true;
        ServerTransaction opened = from.invite;
        if (opened != null) {
            opened.stopWaiting(); // RFC 3261: a BYE may overtake the ACK on UDP
        }
        from.settle(null);
        ServerTransaction pending = from.changing;
        if (pending != null) {
            engine.headers().refuse(pending, 487); // section 15.1.2
        }
        Runnable answer = () -> {
            engine.headers().ok(transaction);
            engine.unregister(from);
        };
        Leg other = from.peer;
        Referral referral = from.referral;
        if (referral == null && other != null) {
            referral = other.referral;
        }
        if ((from != a && from != b) || (referral != null && referral.leg() == from)) {
            answer.run(); // the referrer leaves; what becomes of the call is the transfer's outcome
        } else {
            finish(CallEvents.Kind.CLEARED, from, Ending.of(bye, null), "cleared", answer);
        }
        if (referral != null) {
            referral.onBye(from); // the other side stays until the transfer has its outcome
        } else if (other != null) {
            bye(other, bye);
        }
    }

    /** The one event that ends a call, and what may only happen behind it. */
    void finish(CallEvents.Kind kind, Leg seen, Ending why, String outcome, Runnable then) {
        if (cleared) {
            then.run();
            return;
        }
        cleared = true;
        engine.calls().ended(this, outcome);
        if (quiet) {
            if (established) {
                engine.calls().forget(this);
            }
            then.run();
            return;
        }
        engine.events()
                .append(
                        TrunkEvents.origin(seen.side),
                        call,
                        TrunkEvents.call(kind, this, leg, seen, engine.agents().of(this), why),
                        () -> {
                            if (established) {
                                engine.calls().forget(this); // behind the event, so that a kill between loses neither
                            }
                            then.run();
                        },
                        () -> engine.calls().count("unrecorded"));
    }

    /** Ends the call from here. */
    void hangUp(Leg seen, String cause) {
        Leg other = b;
        finish(CallEvents.Kind.CLEARED, seen, Ending.of(cause), "dropped", () -> {
            bye(a, null);
            if (other != null) {
                bye(other, null);
            }
        });
    }

    /** Sends BYE, after the ACK when one is due (RFC 3261 section 15). */
    void bye(Leg to, @Nullable SipMessage cause) {
        Dialog dialog = to.dialog;
        if (dialog == null || to.ended) {
            return;
        }
        if (to.awaitsAck()) {
            Leg.AckWaiter before = to.onAck;
            to.onAck = ack -> {
                if (before != null) {
                    before.acked(ack);
                }
                bye(to, cause);
            };
            return;
        }
        to.ended = true;
        SipWriter writer = dialog.request(engine.stack(), "BYE").add(SipHeader.MAX_FORWARDS, 70);
        if (cause != null) {
            writer.copyAll(cause, SipHeader.REASON);
        }
        engine.headers().sign(writer, to, null);
        engine.send(to, dialog, writer.build(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() >= 200) {
                    engine.unregister(to);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                engine.unregister(to);
            }
        });
    }

    /** Asks both peers whether they still know the call (RFC 3261 section 11.2); ends it when one does not. */
    void probe() {
        probe(a);
        Leg other = b;
        if (other != null) {
            probe(other);
        }
    }

    private void probe(Leg asked) {
        Dialog dialog = asked.dialog;
        if (dialog == null || asked.ended || cleared) {
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), "OPTIONS").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, asked, null);
        engine.send(asked, dialog, writer.build(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() == 481 || response.status() == 404) {
                    hangUp(asked, "lost");
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                if (failure == Failure.TIMEOUT) {
                    hangUp(asked, "lost");
                }
            }
        });
    }

    /** The trunk stops: whoever still rings gets a final answer; what is up stays up. */
    void stop() {
        SetUp ringing = setUp;
        if (ringing != null) {
            ringing.stop();
        }
    }
}
