package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/**
 * One of the six agent events (ECMA-269 clause 22.2).
 *
 * @param group the ACD group that it is about, when the peer says
 * @param pending only in Busy and WorkingAfterCall
 * @param reason the reason of a NotReady, from private data (the standard has no field for it)
 * @param extensions the markup inside {@code extensions} when it says more than {@code reason}
 */
public record AgentEvent(
        Kind kind,
        String crossRef,
        Device device,
        @Nullable String agentId,
        @Nullable String group,
        @Nullable AgentState pending,
        @Nullable String cause,
        @Nullable String reason,
        @Nullable String extensions)
        implements CstaMessage {
    /** Which event. */
    public enum Kind {
        LOGGED_ON("AgentLoggedOnEvent", AgentState.NOT_READY),
        LOGGED_OFF("AgentLoggedOffEvent", AgentState.NULL),
        NOT_READY("AgentNotReadyEvent", AgentState.NOT_READY),
        READY("AgentReadyEvent", AgentState.READY),
        BUSY("AgentBusyEvent", AgentState.BUSY),
        WORKING_AFTER_CALL("AgentWorkingAfterCallEvent", AgentState.WORKING_AFTER_CALL);

        private final String element;
        private final AgentState state;

        Kind(String element, AgentState state) {
            this.element = element;
            this.state = state;
        }

        public String element() {
            return element;
        }

        /** The state that it tells; logging on does not imply Ready. */
        public AgentState state() {
            return state;
        }
    }

    /** An event without pending state, cause or reason. */
    public static AgentEvent of(Kind kind, String crossRef, String device, String agentId, @Nullable String group) {
        return new AgentEvent(kind, crossRef, Device.of(device), agentId, group, null, null, null);
    }

    /** An event without further extensions. */
    public AgentEvent(
            Kind kind,
            String crossRef,
            Device device,
            @Nullable String agentId,
            @Nullable String group,
            @Nullable AgentState pending,
            @Nullable String cause,
            @Nullable String reason) {
        this(kind, crossRef, device, agentId, group, pending, cause, reason, null);
    }

    /** The same with a pending state. */
    public AgentEvent withPending(@Nullable AgentState newPending) {
        return new AgentEvent(kind, crossRef, device, agentId, group, newPending, cause, reason, extensions);
    }

    /** The same with a reason. */
    public AgentEvent withReason(@Nullable String newReason) {
        return new AgentEvent(kind, crossRef, device, agentId, group, pending, cause, newReason, extensions);
    }
}
