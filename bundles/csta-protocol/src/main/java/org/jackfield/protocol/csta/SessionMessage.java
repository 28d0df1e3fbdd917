package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The application session (ECMA-354). Durations are seconds; a session id is text, with its leading zeros. */
public sealed interface SessionMessage extends CstaMessage {
    /** A user and password, where the dialect wants them (applicationSpecificInfo/SessionLoginInfo). */
    record Login(String user, Secret password) {}

    /** StartApplicationSession; {@code versions} in order of preference. */
    record Start(String applicationId, @Nullable Login login, List<String> versions, int duration)
            implements SessionMessage, CstaRequest<StartAnswer> {
        @Override
        public Class<StartAnswer> answer() {
            return StartAnswer.class;
        }
    }

    /** The answer to {@link Start}. */
    sealed interface StartAnswer extends SessionMessage {}

    /** StartApplicationSessionPosResponse. */
    record Started(String sessionId, String version, int duration) implements StartAnswer {}

    /**
     * StartApplicationSessionNegResponse.
     *
     * @param error {@code invalidApplicationInfo}, {@code requestedProtocolVersionNotSupported},
     *     {@code serverResourcesBusy}, {@code maxNumberSessions} or the server's own
     */
    record StartRefused(String error) implements StartAnswer {}

    /** ResetApplicationSessionTimer. */
    record ResetTimer(String sessionId, int duration) implements SessionMessage, CstaRequest<ResetAnswer> {
        @Override
        public Class<ResetAnswer> answer() {
            return ResetAnswer.class;
        }
    }

    /** The answer to {@link ResetTimer}. */
    sealed interface ResetAnswer extends SessionMessage {}

    /** ResetApplicationSessionTimerPosResponse. */
    record TimerReset(int duration) implements ResetAnswer {}

    /** ResetApplicationSessionTimerNegResponse: {@code invalidSessionID}, {@code serverCannotResetSessionTimer}. */
    record ResetRefused(String error) implements ResetAnswer {}

    /** StopApplicationSession. */
    record Stop(String sessionId, String reason) implements SessionMessage, CstaRequest<StopAnswer> {
        @Override
        public Class<StopAnswer> answer() {
            return StopAnswer.class;
        }
    }

    /** The answer to {@link Stop}. */
    sealed interface StopAnswer extends SessionMessage {}

    /** StopApplicationSessionPosResponse. */
    record Stopped() implements StopAnswer {}

    /** StopApplicationSessionNegResponse. */
    record StopRefused(String error) implements StopAnswer {}

    /** ApplicationSessionTerminated, one way: {@code resourceLimitation}, {@code sessionTimerExpired} or the server's own. */
    record Terminated(String sessionId, String reason) implements SessionMessage {}
}
