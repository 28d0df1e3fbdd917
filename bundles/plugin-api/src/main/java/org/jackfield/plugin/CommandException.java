package org.jackfield.plugin;

import org.jspecify.annotations.Nullable;

/** A peer refused a command, or did not answer; {@link #retryable()} says whether asking again is safe and sensible. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean retryable;

    /**
     * @param code the peer's own literal ({@code invalidDeviceID}, {@code 486}) or one of ours ({@code timeout},
     *     {@code linkDown}, {@code unknownOperation})
     */
    public CommandException(String code, String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.retryable = retryable;
    }

    public String code() {
        return code;
    }

    public boolean retryable() {
        return retryable;
    }
}
