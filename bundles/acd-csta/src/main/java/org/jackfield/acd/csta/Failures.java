package org.jackfield.acd.csta;

import java.util.concurrent.CompletionException;
import org.jackfield.plugin.CommandException;
import org.jackfield.protocol.csta.CstaErrorException;
import org.jackfield.protocol.csta.NoAnswerException;

/** What a failed request means. */
final class Failures {
    private Failures() {}

    static Throwable cause(Throwable failure) {
        Throwable inner = failure instanceof CompletionException ? failure.getCause() : failure;
        return inner == null ? failure : inner;
    }

    /** True when the connection ended before there was an answer. */
    static boolean cut(Throwable cause) {
        return cause instanceof NoAnswerException none
                && (none.why() == NoAnswerException.Why.DISCONNECTED
                        || none.why() == NoAnswerException.Why.NOT_CONNECTED);
    }

    /**
     * As flows see it: the ACD's own literal where there is one.
     *
     * @param idempotent true when asking twice does no harm, so that a lost answer can be asked again
     */
    static CommandException typed(String what, Throwable failure, boolean idempotent) {
        Throwable cause = cause(failure);
        if (cause instanceof CstaErrorException refused) {
            return new CommandException(
                    refused.error().code(),
                    what + ": refused by the ACD: " + cause.getMessage(),
                    refused.error().retryable(),
                    cause);
        }
        if (cause instanceof NoAnswerException none) {
            String code = switch (none.why()) {
                case TIMEOUT -> "timeout";
                case DISCONNECTED, NOT_CONNECTED -> "linkDown";
                case NO_INVOKE_ID -> "overload";
                case UNEXPECTED -> "unexpectedAnswer";
            };
            return new CommandException(code, what + ": " + cause.getMessage(), idempotent || !none.sent(), cause);
        }
        return new CommandException("internal", what + ": " + cause, false, cause);
    }
}
