package org.jackfield.sip;

import java.util.concurrent.ThreadLocalRandom;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Glare;
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
    private static final long AGAIN = 5_000;

    private final TrunkEngine engine;
    private final Leg leg;
    private TimerWheel.@Nullable Timer timer;
    private @Nullable SessionTimer agreed;
    /** When the session is over unless it is refreshed, by {@link System#nanoTime}. */
    private long over;

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
        over = System.nanoTime() + with.seconds() * 1_000_000_000;
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
            again(1_000);
            return;
        }
        SipWriter writer = dialog.request(engine.stack(), "INVITE").add(SipHeader.MAX_FORWARDS, 70);
        engine.headers().own(writer, leg, null);
        writer.add(SipHeader.SUPPORTED, "timer")
                .add(SipHeader.SESSION_EXPIRES, new SessionTimer(with.seconds(), "uac").text())
                .body("application/sdp", leg.onSbc() ? MediaRules.forSbc(other.sdp, other.sdp) : other.sdp);
        leg.changed = engine.send(leg, dialog, writer.build(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() < 200) {
                    return;
                }
                leg.changed = null;
                leg.met(response);
                if (response.status() < 300) {
                    dialog.refreshTarget(response);
                    SetUp.acknowledge(engine.stack(), transaction, dialog, leg, null);
                    SessionTimer said = SessionTimer.of(response);
                    start(said == null ? with : said, said == null || !"uas".equals(said.refresher()));
                } else if (response.status() == 481 || response.status() == 408) {
                    expired();
                } else if (response.status() == 422 && SessionTimer.least(response) > with.seconds()) {
                    agreed = new SessionTimer(SessionTimer.least(response), with.refresher());
                    again(0);
                } else {
                    again(
                            response.status() == 491
                                    ? Glare.delay(dialog.ownsCallId(), ThreadLocalRandom.current())
                                    : AGAIN);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                leg.changed = null;
                expired();
            }
        });
    }

    /** A refusal refreshes nothing: it is tried again while the session lasts (RFC 4028 sections 7.3 and 10). */
    private void again(long delay) {
        engine.stack().cancel(timer);
        timer = System.nanoTime() + delay * 1_000_000 < over
                ? engine.stack().schedule(delay, this::refresh)
                : engine.stack().schedule(delay, this::expired);
    }
}
