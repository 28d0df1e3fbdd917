package org.jackfield.twin.scenario;

import java.util.function.Consumer;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.twin.sbc.Microsoft;

/**
 * A transfer by REFER as Teams does it (RFC 3515), from its REFER to the BYE of the old leg. For the scenario's thread.
 */
final class Transfer {
    private final Stage stage;
    private final Part leg;
    private final String referTo;
    private final String referredBy;
    private final Stage.Expected triggered;

    Transfer(Stage stage, Part leg, String referTo, String referredBy, Stage.Expected triggered) {
        this.stage = stage;
        this.leg = leg;
        this.referTo = referTo;
        this.referredBy = referredBy;
        this.triggered = triggered;
    }

    Part leg() {
        return leg;
    }

    String referTo() {
        return referTo;
    }

    String referredBy() {
        return referredBy;
    }

    /** Sends the REFER; what it was answered with. */
    SipMessage send() {
        Consumer<SipWriter> headers =
                writer -> writer.add(SipHeader.REFER_TO, "<" + referTo + ">").add(SipHeader.REFERRED_BY, referredBy);
        return leg.askFrom(stage.otherAddress(), "REFER", headers);
    }

    /** Sends the REFER and waits for the leg to the new party, judged but not answered. */
    Part triggered() {
        send();
        return came();
    }

    /** The leg to the new party. */
    Part came() {
        Part fresh = triggered.get();
        stage.judgeInvite(fresh, true);
        stage.judgeTriggered(fresh, this);
        return fresh;
    }

    /** True when the host called nobody for it. */
    boolean nobodyCalled() {
        return !triggered.ended();
    }

    /** Waits for the NOTIFY with this status. */
    SipMessage notified(int status) {
        return leg.next("NOTIFY", "NOTIFY with " + status, notify -> status(notify) == status);
    }

    /** The status in a NOTIFY's sipfrag, 0 when there is none. */
    static int status(SipMessage notify) {
        String[] words = notify.bodyText().split("[ \r\n]", 3);
        return words.length > 1 && words[0].equals("SIP/2.0") && words[1].matches("\\d{3}")
                ? Integer.parseInt(words[1])
                : 0;
    }

    /** The new party answered and Teams knows: it ends the old leg; what its BYE was answered with. */
    int leaves() {
        return leg.hangUp(Microsoft.hungUp(stage.uuid()));
    }
}
