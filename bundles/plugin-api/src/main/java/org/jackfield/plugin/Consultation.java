package org.jackfield.plugin;

/** A transfer with consultation at an ACD, step by step (ECMA-269 ConsultationCall, TransferCall, ReconnectCall). */
public final class Consultation {
    private Consultation() {}

    /**
     * Puts the agent's call on hold and calls {@code to} from the same device.
     *
     * @param acdCall the ACD's id of the call
     */
    public record Call(String call, String acdCall, String device, String to) {}

    /** Joins caller and consulted party; the agent leaves. */
    public record Transfer(String call, String acdCall, String device) {}

    /** Ends the consultation; the agent is with the caller again. */
    public record Reconnect(String call, String acdCall, String device) {}

    /** It is done or under way; {@code acdCall} is the call's id at the ACD from now on. */
    public record Answer(String acdCall) {}

    public static final Operation<Call, Answer> CALL = new Operation<>(
            "consultationCall",
            Call.class,
            Answer.class,
            "Puts an agent's call on hold and calls somebody to consult (ECMA-269 ConsultationCall).");

    public static final Operation<Transfer, Answer> TRANSFER = new Operation<>(
            "transferCall",
            Transfer.class,
            Answer.class,
            "Joins the caller and the consulted party, the agent leaves (ECMA-269 TransferCall).");

    public static final Operation<Reconnect, Answer> RECONNECT = new Operation<>(
            "reconnectCall",
            Reconnect.class,
            Answer.class,
            "Ends a consultation and takes the call from hold (ECMA-269 ReconnectCall).");
}
