package org.jackfield.plugin;

import java.time.Duration;
import org.jackfield.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * One order to a link.
 *
 * @param cause the event that led to it, so that what becomes of it can be told on the same timeline
 * @param timeout after which the answer is a {@link CommandException}
 */
public record Command<Q, A>(
        Operation<Q, A> operation, Q argument, @Nullable Event cause, Duration timeout) {}
