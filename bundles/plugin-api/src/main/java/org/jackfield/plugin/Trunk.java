package org.jackfield.plugin;

import org.jspecify.annotations.Nullable;

/** What the SIP trunk asks and can be asked. */
public final class Trunk {
    private Trunk() {}

    /** Which side of the host a leg is on. */
    public enum Side {
        CARRIER,
        ACD,
        TEAMS
    }

    /**
     * An INVITE that opened a dialog (RFC 3261 section 13), the offer {@code invite}.
     *
     * @param call the host's call id: the UUI token found in it, otherwise a new one
     * @param fromUser the user part of the From URI
     * @param toUser the user part of the Request-URI: a DNIS, an agent's number, an expert's number
     * @param uui the User-to-User value as received (RFC 7433)
     */
    public record InviteQuestion(
            LinkId link,
            String call,
            Side side,
            @Nullable String fromUser,
            @Nullable String toUser,
            @Nullable String uui,
            String sipCallId) {}

    /** The answer to an INVITE. */
    public sealed interface InviteAnswer {
        /** On to the ACD's pilot or device {@code number}, with the call's token in User-to-User. */
        record ToAcd(String number, String reason) implements InviteAnswer {}

        /** On through the SBC to {@code number} (carrier or Teams user). */
        record ToSbc(String number, Side side, String reason) implements InviteAnswer {}

        /** 302 with {@code uri} in Contact. */
        record Redirect(String uri, String reason) implements InviteAnswer {}

        /** A final answer from 400 to 699, with Retry-After when it is a 503. */
        record Refuse(int status, String reason) implements InviteAnswer {}
    }

    /** Tells the trunk that a transfer that it reported is taken care of, so that it does not bridge it by itself. */
    public record TakeTransfer(String transfer) {}

    /** Tells the trunk to bridge a transfer that the ACD could not do. */
    public record BridgeTransfer(String transfer, String reason) {}

    /** False when the trunk knows no such open transfer (any more). */
    public record TransferAnswer(boolean taken) {}

    public static final Operation<TakeTransfer, TransferAnswer> TAKE_TRANSFER = new Operation<>(
            "takeTransfer",
            TakeTransfer.class,
            TransferAnswer.class,
            "Takes over a transfer asked for by REFER before the trunk bridges it by itself.");

    public static final Operation<BridgeTransfer, TransferAnswer> BRIDGE_TRANSFER = new Operation<>(
            "bridgeTransfer",
            BridgeTransfer.class,
            TransferAnswer.class,
            "Bridges a transfer on the trunk; the agent's connection at the ACD stays.");
}
