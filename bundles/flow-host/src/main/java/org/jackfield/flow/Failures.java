package org.jackfield.flow;

import org.apache.camel.CamelExchangeException;
import org.apache.camel.Exchange;
import org.jackfield.plugin.CommandException;
import org.jspecify.annotations.Nullable;

/** What an operator wants to know of an exchange that failed, without the wrapping that Camel gives it. */
final class Failures {
    private Failures() {}

    /** True when a peer or a link said no, which needs no stack trace. */
    static boolean isAnswer(Throwable error) {
        return real(error) instanceof CommandException;
    }

    private static Throwable real(Throwable error) {
        Throwable real = error;
        while (real.getCause() != null && real.getClass().getName().startsWith("org.apache.camel.")) {
            real = real.getCause();
        }
        return real;
    }

    /** The message of what really went wrong. */
    static String reason(Throwable error) {
        Throwable real = real(error);
        String message = real.getMessage();
        return message == null || message.isBlank() ? real.toString() : message;
    }

    /** How often the failing step was tried, also when it was a step of a split. */
    static int attempts(Throwable error, int known) {
        int attempts = known;
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (t instanceof CamelExchangeException inner && inner.getExchange() != null) {
                attempts = Math.max(attempts, attempts(inner.getExchange()));
            }
        }
        return attempts;
    }

    static int attempts(@Nullable Exchange exchange) {
        Object redelivered = exchange == null ? null : exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER);
        return redelivered instanceof Integer count ? count + 1 : 1;
    }
}
