package org.jackfield.twin.acd;

import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * The ACD's SIP side: takes calls to its pilots and dials out through the trunk. The ACD anchors media: each leg has a
 * session description of its own. On the ACD's thread.
 */
final class AcdLines implements UserAgent.Owner, Line.Dialer {
    private static final String MEDIA = "acd";

    private final Hop trunk;
    private @Nullable UserAgent agent;
    private @Nullable CallCenter center;

    AcdLines(Hop trunk) {
        this.trunk = trunk;
    }

    void attach(UserAgent userAgent, CallCenter callCenter) {
        this.agent = userAgent;
        this.center = callCenter;
    }

    @Override
    public void incoming(Leg leg) {
        CallCenter calls = center;
        String pilot = leg.calledUser();
        if (calls == null || !calls.isPilot(pilot)) {
            leg.refuse(404, "Not Found", writer -> writer.add(SipHeader.REASON, "Q.850;cause=1"));
            return;
        }
        if (!leg.invite().hasBody()) {
            leg.refuse(488, "Not Acceptable Here", writer -> writer.add(SipHeader.REASON, "Q.850;cause=88"));
            return;
        }
        Line.Listener caller =
                calls.incoming(pilot, leg.fromUser(), leg.header(SipHeader.USER_TO_USER), new LegLine(leg), this);
        leg.listen(new Leg.Events() {
            @Override
            public void ended(Leg which, SipMessage by) {
                caller.hungUp();
            }

            @Override
            public void ackMissing(Leg which) {
                which.hangUp();
                caller.hungUp();
            }
        });
    }

    @Override
    public Line dial(String number, String from, String uui, Line.Listener listener) {
        UserAgent own = agent;
        if (own == null) {
            throw new IllegalStateException("the ACD's SIP side is not open");
        }
        String host = trunk.address().getHostString() + ":" + trunk.address().getPort();
        Leg leg = own.call(
                "sip:" + number + "@" + host + ";user=phone",
                "sip:" + (from.isEmpty() ? "anonymous" : from) + "@127.0.0.1:" + own.port() + ";user=phone",
                MEDIA,
                trunk,
                Sdp.of(MEDIA),
                writer -> {
                    if (!uui.isEmpty()) {
                        writer.add(SipHeader.USER_TO_USER, uui);
                    }
                },
                new Leg.Events() {
                    @Override
                    public void progress(Leg which, SipMessage response) {
                        if (response.status() == 180 || response.status() == 183) {
                            listener.ringing();
                        }
                    }

                    @Override
                    public void answered(Leg which, SipMessage response) {
                        listener.answered();
                    }

                    @Override
                    public void refused(Leg which, int status, @Nullable SipMessage response) {
                        listener.refused(status);
                    }

                    @Override
                    public void ended(Leg which, SipMessage by) {
                        listener.hungUp();
                    }
                });
        return new LegLine(leg);
    }

    private record LegLine(Leg leg) implements Line {
        @Override
        public void ringing() {
            leg.ring(180, "Ringing");
        }

        @Override
        public void queued() {
            leg.ring(182, "Queued");
        }

        @Override
        public void answer() {
            leg.answer(Sdp.of(MEDIA));
        }

        @Override
        public void refuse(int status) {
            leg.refuse(status, "Unavailable", writer -> writer.add(SipHeader.REASON, "Q.850;cause=17"));
        }

        @Override
        public void hangUp() {
            leg.hangUp();
        }

        @Override
        public String sipCallId() {
            return leg.sipCallId();
        }
    }
}
