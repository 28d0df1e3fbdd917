package org.jackfield.sip;

import java.util.concurrent.ThreadLocalRandom;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Trunk;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Glare;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * A transfer asked for by REFER (RFC 3515) and its one outcome: the ACD moves the call to an alias, or the trunk bridges.
 * For the stack's thread.
 */
final class Referral {
    private static final int PERCENT_LOST_RACES = 3;
    private static final long AGAIN = 1_000;

    private final TrunkEngine engine;
    private final String id;
    private final Leg leg;
    private final Session session;
    private final String target;
    private final @Nullable String referredBy;
    private final long cseq;
    private @Nullable String alias;
    private @Nullable String path;
    private boolean taken;
    private boolean progressed;
    private boolean ended;
    private TimerWheel.@Nullable Timer timer;
    private @Nullable Leg joining;
    private @Nullable ClientTransaction calling;
    private @Nullable Leg consulted;
    private boolean cameBack;

    Referral(TrunkEngine engine, String id, Leg leg, SipMessage refer, String target) {
        this.engine = engine;
        this.id = id;
        this.leg = leg;
        this.session = leg.session;
        this.target = target;
        this.referredBy = refer.first(SipHeader.REFERRED_BY);
        this.cseq = refer.cseq();
    }

    String id() {
        return id;
    }

    Leg leg() {
        return leg;
    }

    Session session() {
        return session;
    }

    /** The URI of Refer-To, byte for byte and without its headers. */
    String target() {
        return target;
    }

    DialogRecord.OpenTransfer record() {
        return new DialogRecord.OpenTransfer(id, leg.tags.isEmpty() ? "" : leg.tags.get(0), cseq, target);
    }

    /** The referrer's leg of another call, whose other party shall be joined with this one's. */
    void consulted(@Nullable Leg leg) {
        consulted = leg;
    }

    /** True once, for the INVITE by which the SBC side has this host reach the target's number. */
    boolean comesBack(String called, @Nullable String by) {
        boolean triggered = calling != null || "acd".equals(path);
        boolean number = called.equals(SipUri.parse(target).number());
        boolean mine = by == null || referredBy == null || by.equals(referredBy);
        if (ended || cameBack || !triggered || !number || !mine || !leg.onSbc()) {
            return false;
        }
        cameBack = true;
        return true;
    }

    void alias(@Nullable String number) {
        alias = number;
    }

    void freeAlias() {
        engine.transfers().freeAlias(alias, this);
    }

    /** Referred-By as it came (RFC 3892), with nothing when there was none. */
    void referredBy(SipWriter writer) {
        String value = referredBy;
        if (value != null) {
            writer.add(SipHeader.REFERRED_BY, value);
        }
    }

    CallEvents.Transfer event(TransferStep step, int status, @Nullable String reason) {
        return new CallEvents.Transfer(
                step,
                session.call,
                id,
                consulted == null ? "blind" : "consult",
                leg.callId,
                engine.agents().of(session),
                target,
                alias,
                path,
                status,
                reason);
    }

    private Origin origin() {
        return TrunkEvents.origin(leg.side);
    }

    /** The 202 is on its way; from now on the referrer hears by NOTIFY, and somebody must take the transfer. */
    void begun() {
        tell(100, "Trying", false);
        if (forFlows()) {
            timer = engine.stack().schedule(engine.settings().transferTake(), () -> bridge("not taken in time"));
        } else {
            bridge("not from Teams");
        }
    }

    /** Flows have the ACD move what Teams asks for; all else the trunk bridges at once, and says no more than that. */
    boolean forFlows() {
        return leg.side == Trunk.Side.TEAMS && consulted == null;
    }

    /** The event that must be in the spool before the 202. */
    CallEvents.Transfer first() {
        return forFlows()
                ? event(TransferStep.REQUESTED, 0, null)
                : event(TransferStep.ACCEPTED, 202, "not from Teams");
    }

    /** Somebody will have the ACD move the call; false when it is too late. */
    boolean take() {
        if (ended || path != null) {
            return false;
        }
        if (!taken) {
            taken = true;
            engine.stack().cancel(timer);
            timer = engine.stack()
                    .schedule(engine.settings().transferMove(), () -> failed(504, "the ACD did not dial the alias"));
        }
        return true;
    }

    /** The ACD has dialled the alias: its INVITE goes on to the target. False when it is too late. */
    boolean move(SetUp moved) {
        if (ended || path != null) {
            return false;
        }
        path = "acd";
        engine.stack().cancel(timer);
        engine.events().append(origin(), session.call, event(TransferStep.ACCEPTED, 202, null));
        moved.dial(this, leg.side, engine.settings().sbc());
        return true;
    }

    /** A provisional answer of the new leg. */
    void progress(int status, String phrase) {
        if (ended) {
            return;
        }
        tell(status, phrase, false);
        if (!progressed) {
            progressed = true;
            engine.events().append(origin(), session.call, event(TransferStep.PROGRESS, status, phrase));
        }
    }

    void completed() {
        end(TransferStep.COMPLETED, 200, "OK");
    }

    void failed(int status, String reason) {
        end(TransferStep.FAILED, status, reason);
    }

    private void end(TransferStep step, int status, String reason) {
        if (ended) {
            return;
        }
        ended = true;
        leg.referral = null;
        engine.stack().cancel(timer);
        engine.transfers().forget(this);
        freeAlias();
        String words = step == TransferStep.COMPLETED ? "OK" : Causes.phrase(status);
        engine.events()
                .append(
                        origin(),
                        session.call,
                        event(step, status, reason),
                        () -> tell(status, words, true),
                        () -> tell(status, words, true));
        if (step == TransferStep.COMPLETED) {
            leaveAfterSuccess();
        } else {
            leaveAfterFailure();
        }
    }

    /** The referrer ends its leg by itself; if not, we do (and the ACD its own, when it moved the call). */
    private void leaveAfterSuccess() {
        if (leg.ended && "acd".equals(path)) {
            session.hangUp(leg, "transferred");
        } else if (leg.up()) {
            engine.stack().schedule(engine.settings().transferBye(), () -> {
                if (leg.up() && leg.peer != null) {
                    session.hangUp(leg, "transferred");
                } else {
                    session.bye(leg, null);
                }
            });
        }
        engine.calls().save(session);
    }

    /** The old call stays as it was; what has only one end left is ended. */
    private void leaveAfterFailure() {
        Leg other = leg.peer;
        if (leg.ended && other != null && other.up()) {
            session.hangUp(other, "transfer failed");
        } else if (leg.up() && (other == null || other.ended)) {
            session.bye(leg, null);
        } else {
            engine.calls().save(session);
        }
    }

    /**
     * A BYE came on one of the legs of the old call while this is open; the other leg stays for now.
     */
    void onBye(Leg from) {
        if (from != leg && "bridge".equals(path)) {
            Leg fresh = joining;
            ClientTransaction outgoing = calling;
            if (fresh != null && fresh.up()) {
                session.bye(fresh, null);
            } else if (outgoing != null) {
                outgoing.cancel();
            }
            failed(487, "the other party hung up");
        }
    }

    /** NOTIFY with a message/sipfrag body (RFC 3515 section 2.4.4). */
    private void tell(int status, String phrase, boolean last) {
        Dialog dialog = leg.dialog;
        if (dialog == null || leg.ended) {
            return;
        }
        TransferDesk.notify(
                engine, leg, dialog, leg.referrals > 1 ? "refer;id=" + cseq : "refer", status, phrase, last);
    }

    /** Calls the target with the other party's SDP and joins the two; false when it is too late. */
    boolean bridge(String reason) {
        if (ended || path != null) {
            return false;
        }
        boolean told = !forFlows();
        path = "bridge";
        engine.stack().cancel(timer);
        freeAlias();
        Leg other = leg.peer;
        Dialog dialog = other == null ? null : other.dialog;
        if (other == null || dialog == null || !other.up()) {
            failed(480, "the other party has gone");
            return true;
        }
        Leg second = consulted;
        Leg party = second == null ? null : second.peer;
        if (second != null && party != null && second.up() && party.up()) {
            take(second, party, other);
            return true;
        }
        if (!told) {
            engine.events().append(origin(), session.call, event(TransferStep.ACCEPTED, 202, reason));
        }
        Hop hop = engine.settings().sbc();
        Leg fresh = new Leg(
                session,
                leg.onSbc() ? leg.side : Trunk.Side.CARRIER,
                hop,
                engine.stack().newCallId());
        joining = fresh;
        String tag = engine.stack().newTag();
        engine.register(fresh, tag);
        String from = engine.settings()
                .rules()
                .identity()
                .from(NameAddr.withoutTag(dialog.state().remote()));
        SipWriter writer = engine.stack()
                .request("INVITE", target, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, 69)
                .add(SipHeader.FROM, from + ";tag=" + tag)
                .add(SipHeader.TO, "<" + target + ">")
                .add(SipHeader.CALL_ID, fresh.callId)
                .add(SipHeader.CSEQ, "1 INVITE");
        engine.headers().own(writer, fresh, other, null);
        String token = session.uui;
        if (token != null) {
            writer.add(SipHeader.USER_TO_USER, Uui.header(token));
        }
        referredBy(writer);
        writer.body("application/sdp", MediaRules.forSbc(other.sdp, other.sdp));
        ClientTransaction invite = engine.invite(fresh, writer.build(), new Bridging(fresh, other));
        calling = invite;
        timer = engine.stack().schedule(engine.settings().ringTimeout(), () -> {
            invite.cancel();
            failed(480, "no answer in time");
        });
        return true;
    }

    /** The other party of the consulted call takes the referrer's place: both get each other's SDP. */
    private void take(Leg second, Leg party, Leg other) {
        Session from = second.session;
        from.give(second);
        party.session = session;
        session.adopt(party);
        join(party, other, PERCENT_LOST_RACES);
    }

    /** The new leg on its way. */
    private final class Bridging implements ResponseHandler {
        private final Leg fresh;
        private final Leg other;

        Bridging(Leg fresh, Leg other) {
            this.fresh = fresh;
            this.other = other;
        }

        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            int status = response.status();
            if (status > 100) {
                fresh.met(response);
            }
            if (status >= 300) {
                engine.unregister(fresh);
                failed(status, "the new leg was answered " + status);
            } else if (status >= 200) {
                answered(transaction, response);
            } else if (status > 100) {
                progress(status, response.phrase());
            }
        }

        private void answered(ClientTransaction transaction, SipMessage response) {
            Dialog dialog = Dialog.uac(transaction.request(), response, fresh.hop);
            SetUp.acknowledge(engine.stack(), transaction, dialog, fresh, null);
            if (fresh.dialog != null || ended) {
                engine.byeAndForget(dialog, response, fresh.side);
                return;
            }
            fresh.dialog = dialog;
            fresh.learn(response);
            join(fresh, other, PERCENT_LOST_RACES);
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            engine.unregister(fresh);
            failed(failure == Failure.TIMEOUT ? 408 : 503, "no answer from the new leg");
        }
    }

    /** Gives the other party the new leg's SDP by re-INVITE, and waits its turn when a change is under way. */
    private void join(Leg fresh, Leg other, int attempts) {
        Dialog dialog = other.dialog;
        if (ended || dialog == null || !other.up()) {
            session.bye(fresh, null);
            failed(487, "the other party hung up");
            return;
        }
        if (other.changing != null || other.changed != null) {
            engine.stack().schedule(AGAIN, () -> join(fresh, other, attempts));
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), "INVITE").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, other, fresh, null);
        writer.body("application/sdp", other.onSbc() ? MediaRules.forSbc(fresh.sdp, fresh.sdp) : fresh.sdp);
        other.changed = engine.send(other, dialog, writer.build(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() < 200) {
                    return;
                }
                other.changed = null;
                other.met(response);
                if (response.status() < 300) {
                    dialog.refreshTarget(response);
                    other.learn(response);
                    SetUp.acknowledge(engine.stack(), transaction, dialog, other, null);
                    joined(fresh);
                } else if (response.status() == 491 && attempts > 0) {
                    long wait = Glare.delay(dialog.ownsCallId(), ThreadLocalRandom.current());
                    engine.stack().schedule(wait, () -> join(fresh, other, attempts - 1));
                } else {
                    lost(fresh, response.status());
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                other.changed = null;
                lost(fresh, 408);
            }
        });
    }

    private void joined(Leg fresh) {
        if (ended) {
            session.bye(fresh, null);
            return;
        }
        session.replace(leg, fresh);
        if (consulted != null) {
            renew(fresh); // its media still points to the referrer
        }
        completed();
    }

    /** Gives a leg that was up before its new partner's SDP. */
    private void renew(Leg fresh) {
        Dialog dialog = fresh.dialog;
        Leg partner = fresh.peer;
        if (dialog == null || partner == null) {
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), "INVITE").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, fresh, null);
        writer.body("application/sdp", fresh.onSbc() ? MediaRules.forSbc(partner.sdp, partner.sdp) : partner.sdp);
        fresh.changed = engine.send(fresh, dialog, writer.build(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() < 200) {
                    return;
                }
                fresh.changed = null;
                fresh.met(response);
                if (response.status() < 300) {
                    dialog.refreshTarget(response);
                    fresh.learn(response);
                    SetUp.acknowledge(engine.stack(), transaction, dialog, fresh, null);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                fresh.changed = null;
            }
        });
    }

    private void lost(Leg fresh, int status) {
        session.bye(fresh, null);
        failed(status, "the other party did not accept the new leg");
    }
}
