package org.jackfield.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.event.CallEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;

/**
 * Transfers that the SBC does by itself ({@code refer = sbc-local}): the host sees at most that another party speaks on a
 * Teams leg, and says how sure it is. For the stack's thread.
 */
final class Observation {
    private static final Pattern ORIGIN = Pattern.compile("(?m)^o=(\\S+ \\S+) \\S+ (.*?)\\r?$");
    private static final int REFERRED = 95;
    private static final int IDENTITY = 90;
    private static final int SESSION = 60;
    private static final int MEDIA = 40;

    private Observation() {}

    /** Reports what a re-INVITE or UPDATE that was taken tells; call it before the leg learns from that. */
    static void report(TrunkEngine engine, Leg from, SipMessage request) {
        if (engine.settings().refer() != TrunkSettings.ReferMode.SBC_LOCAL || from.side != Trunk.Side.TEAMS) {
            return;
        }
        List<String> evidence = new ArrayList<>(2);
        String asserted = Leg.asserted(request);
        int confidence = 0;
        if (request.has(SipHeader.REFERRED_BY)) {
            evidence.add("referred-by");
            confidence = REFERRED;
        }
        if (asserted != null && from.identity != null && !asserted.equals(from.identity)) {
            evidence.add("identity");
            confidence = Math.max(confidence, IDENTITY);
        }
        String sdp = MediaRules.sdp(request);
        if (!sdp.isEmpty() && !from.sdp.isEmpty()) {
            if (!origin(sdp).equals(origin(from.sdp))) {
                evidence.add("origin");
                confidence = Math.max(confidence, SESSION);
            }
            if (MediaRules.moved(from.sdp, sdp)) {
                evidence.add("media");
                confidence = Math.max(confidence, MEDIA);
            }
        }
        if (confidence > 0) {
            Session session = from.session;
            engine.events()
                    .append(
                            Origin.SBC,
                            session.call,
                            new CallEvents.TransferObserved(
                                    session.call,
                                    from.callId,
                                    engine.agents().of(session),
                                    asserted,
                                    confidence,
                                    String.join(",", evidence)));
        }
        if (asserted != null) {
            from.identity = asserted;
        }
    }

    /** Whose session it is, without its version, which every change raises (RFC 8866 section 5.2). */
    private static String origin(String sdp) {
        Matcher line = ORIGIN.matcher(sdp);
        return line.find() ? line.group(1) + " " + line.group(2) : "";
    }
}
