package org.jackfield.teams;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request to Graph or Entra that did not do what it should; {@link #kind} says what the caller may conclude. */
final class GraphFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What may be concluded. */
    enum Kind {
        /** 429: nothing was done, ask again after {@link GraphFailure#retryAfter}. */
        THROTTLED,
        /** No answer, or a 5xx: it may have been done; asking again is safe. */
        UNAVAILABLE,
        /** 401: the token was not taken; ask again with a new one. */
        UNAUTHORIZED,
        /** Any other 4xx: asking again is of no use. */
        REFUSED,
        /** An answer that cannot be read; asking again is safe. */
        RUBBISH,
        /** Entra gave no token, so nothing was sent. */
        NO_TOKEN
    }

    private final Kind kind;
    private final int status;
    private final String code;
    private final @Nullable Duration retryAfter;
    private @Nullable String requestId;

    /**
     * @param status the HTTP status, 0 when there was none
     * @param code Graph's or Entra's own word for it, or one of ours
     */
    GraphFailure(
            Kind kind,
            int status,
            String code,
            String message,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** The same, with Microsoft's name for the request. */
    GraphFailure of(@Nullable String id) {
        requestId = id;
        return this;
    }

    /** Microsoft's name for the request, null when it has none. */
    @Nullable
    String requestId() {
        return requestId;
    }

    Kind kind() {
        return kind;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** What Graph asked for, rounded up to seconds; null when it did not. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    boolean retryable() {
        return kind != Kind.REFUSED;
    }

    /** For the person on call, for example {@code 403 Forbidden: Insufficient privileges}. */
    String sentence() {
        return (status == 0 ? "" : status + " ") + code + (getMessage() == null ? "" : ": " + getMessage());
    }
}
