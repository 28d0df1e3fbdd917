package org.jackfield.twin.sbc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.twin.sip.Leg;
import org.jspecify.annotations.Nullable;

/** A leg that the host made to a number behind the SBC: an agent's phone or a Teams user. On the SBC's thread. */
final class Phone {
    final Leg leg;
    final String number;
    /** The id that Reason names. */
    final UUID call = UUID.randomUUID();

    volatile boolean acked;
    volatile @Nullable Refer refer;

    Phone(Leg leg) {
        this.leg = leg;
        this.number = leg.calledUser();
    }

    boolean up() {
        return leg.phase() == Leg.Phase.UP;
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", leg.id());
        view.put("number", number);
        view.put("from", leg.fromUser());
        view.put("phase", leg.phase().name());
        view.put("sipCallId", leg.sipCallId());
        view.put("uui", leg.header(SipHeader.USER_TO_USER));
        Refer known = refer;
        if (known != null) {
            view.put("refer", known.view());
        }
        return view;
    }
}
