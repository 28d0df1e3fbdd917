package org.jackfield.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Events about calls; {@code call} is the host's own id, the token that travels in User-to-User and correlatorData. */
public final class CallEvents {
    private CallEvents() {}

    /** What happened to a connection, with ECMA-269's names. */
    public enum Kind {
        OFFERED,
        QUEUED,
        DELIVERED,
        ESTABLISHED,
        HELD,
        RETRIEVED,
        DIVERTED,
        FAILED,
        CLEARED,
        TRANSFERRED,
        CONFERENCED;

        private final String text = name().toLowerCase(Locale.ROOT);
        private final String type = "call." + text;

        /** The last part of the event type, for example {@code established}. */
        public String text() {
            return text;
        }
    }

    /**
     * A call changed at the ACD or on the trunk.
     *
     * @param call the host's call id
     * @param leg the SIP Call-ID or the CSTA callID that this is about
     * @param acdCall the CSTA callID, when it came from the ACD
     * @param side where it was seen: {@code carrier}, {@code acd} or {@code teams}
     * @param agent the agent concerned, when one is
     * @param transferredTo the new party of a transfer
     * @param cause the CSTA EventCause literal, the SIP status code, or the Reason header of a BYE as it came
     * @param uui the User-to-User token in text, unchanged
     * @param redirecting whom the call was meant for first, when it was forwarded on its way here (RFC 7044)
     * @param guid the peer's own id of the call, as its Reason header named it
     * @param ending what {@code cause} means: {@code normal}, {@code busy}, {@code no-answer}, {@code rejected}, {@code
     *     unreachable}, {@code network}, {@code media}, {@code elsewhere} or {@code other}
     * @param session the Session-ID of the call on the trunk (RFC 7989): the caller's half, {@code ;remote=} and the
     *     callee's, zeros while that is unknown; the same in every element that the call passes
     */
    public record Call(
            Kind kind,
            String call,
            @Nullable String leg,
            @Nullable String acdCall,
            @Nullable String side,
            @Nullable String calling,
            @Nullable String called,
            @Nullable String queue,
            @Nullable String agent,
            @Nullable String device,
            @Nullable String transferredTo,
            @Nullable String cause,
            @Nullable String uui,
            @Nullable String redirecting,
            @Nullable String guid,
            @Nullable String ending,
            @Nullable String session)
            implements EventData {
        /** What an ACD knows: nothing of forwarding on the way, nor of a peer's own ids. */
        public Call(
                Kind kind,
                String call,
                @Nullable String leg,
                @Nullable String acdCall,
                @Nullable String side,
                @Nullable String calling,
                @Nullable String called,
                @Nullable String queue,
                @Nullable String agent,
                @Nullable String device,
                @Nullable String transferredTo,
                @Nullable String cause,
                @Nullable String uui) {
            this(
                    kind,
                    call,
                    leg,
                    acdCall,
                    side,
                    calling,
                    called,
                    queue,
                    agent,
                    device,
                    transferredTo,
                    cause,
                    uui,
                    null,
                    null,
                    null,
                    null);
        }

        @Override
        public String type() {
            return kind.type;
        }

        @Override
        public Topic topic() {
            return Topic.CALL;
        }

        @Override
        public String key() {
            return call;
        }
    }

    /** Two ids that were given before the link between them was known name one call. */
    public record Linked(String call, String other, String by) implements EventData {
        @Override
        public String type() {
            return "call.linked";
        }

        @Override
        public Topic topic() {
            return Topic.CALL;
        }

        @Override
        public String key() {
            return call;
        }
    }

    /** The steps of a routeing dialogue (ECMA-269 6.1.3). */
    public enum RouteStep {
        REQUESTED,
        SELECTED,
        USED,
        REJECTED,
        ENDED
    }

    /**
     * A step of a routeing dialogue.
     *
     * @param crossRef the dialogue's cross-reference at the ACD
     * @param destination what was selected or used
     * @param agent the agent that the destination belongs to
     * @param reason why it was rejected or ended, or the rule that selected
     */
    public record Route(
            RouteStep step,
            String call,
            String crossRef,
            @Nullable String calling,
            @Nullable String called,
            @Nullable String queue,
            @Nullable String destination,
            @Nullable String agent,
            @Nullable String reason)
            implements EventData {
        @Override
        public String type() {
            return "route." + step.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Topic topic() {
            return Topic.CALL;
        }

        @Override
        public String key() {
            return call;
        }
    }

    /** The steps of a transfer; exactly one of COMPLETED and FAILED ends it. */
    public enum TransferStep {
        REQUESTED,
        ACCEPTED,
        PROGRESS,
        COMPLETED,
        FAILED
    }

    /**
     * A step of a transfer, whoever asked for it ({@link Event#origin()} says who).
     *
     * @param transfer one id for all steps
     * @param kind {@code blind}, {@code consult}, {@code conference}; a consultation that was begun is ended by a second
     *     request with the same id, {@code complete} or {@code cancel}
     * @param leg the SIP Call-ID of the leg that was referred, or the CSTA callID
     * @param agent the agent who transfers
     * @param target the number, device or Refer-To URI as received
     * @param alias the number by which the ACD moves the call to {@code target}, when the trunk gave one
     * @param path {@code acd} (the ACD moved it), {@code bridge} (the trunk did; the agent is still busy there); in a
     *     request only when it tells of a transfer that is made without us, so that nobody shall carry it out
     * @param status the SIP status of a step, 0 when there is none
     */
    public record Transfer(
            TransferStep step,
            String call,
            String transfer,
            String kind,
            @Nullable String leg,
            @Nullable String agent,
            @Nullable String target,
            @Nullable String alias,
            @Nullable String path,
            int status,
            @Nullable String reason)
            implements EventData {
        @Override
        public String type() {
            return "call.transfer." + step.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Topic topic() {
            return Topic.CALL;
        }

        @Override
        public String key() {
            return call;
        }
    }

    /**
     * The SBC seems to have transferred a leg by itself: REFER stayed there, and all that is seen here is how the session
     * changed. Nothing is to be done; no outcome follows.
     *
     * @param leg the SIP Call-ID of the leg behind which somebody else sits now
     * @param agent the agent who sat there
     * @param target the number of who took over, when the SBC asserts one
     * @param confidence 1 to 100 per cent that it was a transfer
     * @param evidence what changed: {@code identity}, {@code referred-by}, {@code origin}, {@code media}
     */
    public record TransferObserved(
            String call,
            String leg,
            @Nullable String agent,
            @Nullable String target,
            int confidence,
            String evidence) implements EventData {
        @Override
        public String type() {
            return "call.transfer.observed";
        }

        @Override
        public Topic topic() {
            return Topic.CALL;
        }

        @Override
        public String key() {
            return call;
        }
    }
}
