package org.jackfield.twin.sbc;

import java.util.UUID;
import java.util.function.Consumer;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipWriter;

/** The ways of Microsoft's SIP proxy that its published traces show. Stateless. */
public final class Microsoft {
    /** Neither REFER nor UPDATE, PRACK or INFO: none of them is taken. */
    public static final String ALLOW = "INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY";

    /** How long it waits for the ACK of a 200, in milliseconds. */
    public static final long ACK_MS = 4_000;

    private Microsoft() {}

    /** A value of Reason: the cause, the guid of the call and what the proxy says about it. */
    public static String reason(int cause, UUID call, String phrase) {
        return "Q.850;cause=" + cause + ";text=\"" + call + ";" + phrase + "\"";
    }

    /** What a BYE carries when no ACK came in time: 408, sub-code 1106. */
    public static Consumer<SipWriter> noAck(UUID call) {
        return writer -> writer.add(SipHeader.REASON, reason(102, call, "408/1106 no ACK for the 200"));
    }

    /** What a BYE carries when the user hung up. */
    public static Consumer<SipWriter> hungUp(UUID call) {
        return writer -> writer.add(SipHeader.REASON, reason(16, call, "Normal call clearing"));
    }

    /** The Q.850 cause beside a refusal. */
    static int cause(int status) {
        return switch (status) {
            case 486, 600 -> 17;
            case 404, 604 -> 1;
            case 480, 408 -> 18;
            case 603, 403 -> 21;
            default -> 31;
        };
    }
}
