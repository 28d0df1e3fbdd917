package org.jackfield.acd.asterisk;

import java.time.Instant;
import org.jackfield.event.AgentState;
import org.jspecify.annotations.Nullable;

/**
 * An agent as member of one queue. Immutable.
 *
 * @param reason of the pause
 * @param status Asterisk's device state: 1 not in use, 2 in use, 3 busy, 4 invalid, 5 unavailable, 6 ringing, 7 ringing
 *     and in use, 8 on hold
 * @param inCall between AgentConnect and AgentComplete
 * @param wrapUntil the end of the wrap-up that the last call began
 */
record Member(
        boolean paused,
        @Nullable String reason,
        int status,
        boolean inCall,
        @Nullable Instant wrapUntil) {
    static final String UNAVAILABLE = "unavailable";

    Member paused(boolean isPaused, @Nullable String why) {
        return new Member(isPaused, isPaused ? why : null, status, inCall, wrapUntil);
    }

    Member status(int newStatus) {
        return new Member(paused, reason, newStatus, inCall, wrapUntil);
    }

    Member connected() {
        return new Member(paused, reason, status, true, null);
    }

    Member completed(@Nullable Instant until) {
        return new Member(paused, reason, status, false, until);
    }

    boolean busy() {
        return inCall || status == 2 || status == 3 || status == 7 || status == 8;
    }

    boolean wrapsUp(Instant now) {
        return wrapUntil != null && now.isBefore(wrapUntil);
    }

    /** What a pause with this reason means. */
    AgentState pausedState(String wrapUpReason) {
        return wrapUpReason.equals(reason) ? AgentState.WORKING_AFTER_CALL : AgentState.NOT_READY;
    }

    AgentState state(Instant now, String wrapUpReason) {
        if (busy()) {
            return AgentState.BUSY;
        }
        if (paused) {
            return pausedState(wrapUpReason);
        }
        if (wrapsUp(now)) {
            return AgentState.WORKING_AFTER_CALL;
        }
        return status == 4 || status == 5 ? AgentState.NOT_READY : AgentState.READY;
    }

    /** Why it is not ready; null when it is, or when nobody said. */
    @Nullable
    String notReady() {
        return paused ? reason : UNAVAILABLE;
    }
}
