package org.jackfield.sip;

import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.SessionTimer;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.protocol.sip.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * The session timer of one leg (RFC 4028). The host keeps each leg's by itself, so that neither side waits for the other.
 * For the stack's thread.
 */
final class SessionClock {
    private final TrunkEngine engine;
    private final Leg leg;
    private TimerWheel.@Nullable Timer timer;
    private @Nullable SessionTimer agreed;

    SessionClock(TrunkEngine engine, Leg leg) {
        this.engine = engine;
        this.leg = leg;
    }

    /** Takes what the peer's INVITE or UPDATE asks for, says so in the 2xx, and begins to count. */
    static void agree(TrunkEngine engine, Leg leg, SipMessage request, SipWriter success) {
        SessionTimer asked = SessionTimer.of(request);
        if (asked == null) {
            return;
        }
        boolean callerCan = SessionTimer.supports(request);
        SessionTimer agreed = asked.agreed(callerCan);
        success.add(SipHeader.SESSION_EXPIRES, agreed.text());
        if (callerCan) {
            success.add(SipHeader.SUPPORTED, "timer");
            if ("uac".equals(agreed.refresher())) {
                success.add(SipHeader.REQUIRE, "timer");
            }
        }
        SessionClock clock = leg.clock == null ? new SessionClock(engine, leg) : leg.clock;
        leg.clock = clock;
        clock.start(agreed, "uas".equals(agreed.refresher()));
    }

    private void start(SessionTimer with, boolean ours) {
        engine.stack().cancel(timer);
        agreed = with;
        timer = ours
                ? engine.stack().schedule(with.refreshAfter(), this::refresh)
                : engine.stack().schedule(with.giveUpAfter(), this::expired);
    }

    void stop() {
        engine.stack().cancel(timer);
    }

    /** Nobody refreshed it: the session is over (section 10). */
    private void expired() {
        if (leg.up()) {
            engine.calls().count("expired");
            leg.session.hangUp(leg, "session expired");
        }
    }

    /** We are the refresher: the same SDP again, by re-INVITE. */
    private void refresh() {
        Dialog dialog = leg.dialog;
        Leg other = leg.peer;
        SessionTimer with = agreed;
        if (dialog == null || with == null || !leg.up() || other == null) {
            return;
        }
        if (leg.changed != null || leg.changing != null) {
            timer = engine.stack().schedule(1_000, this::refresh);
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), "INVITE").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, leg, null);
        writer.add(SipHeader.SUPPORTED, "timer")
                .add(SipHeader.SESSION_EXPIRES, new SessionTimer(with.seconds(), "uac").text())
                .body("application/sdp", leg.onSbc() ? MediaRules.forSbc(other.sdp, other.sdp) : other.sdp);
        leg.changed = engine.stack().send(writer.build(), dialog.hop(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() < 200) {
                    return;
                }
                leg.changed = null;
                if (response.status() < 300) {
                    dialog.refreshTarget(response);
                    SetUp.acknowledge(engine, transaction, dialog, null);
                    start(with, true);
                } else if (response.status() == 481 || response.status() == 408) {
                    expired();
                } else {
                    start(with, true);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                leg.changed = null;
                expired();
            }
        });
    }
}
