package org.jackfield.plugin;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A question that a peer waits for, handed to the one flow that attached to its {@link OfferPoint}.
 * Exactly one answer counts: the first before the deadline, otherwise the link's default. Safe for any thread.
 */
@ProviderType
public interface Offer<Q, A> {
    Q question();

    Instant deadline();

    /** Answers it; false when it was too late or already answered, and then nothing has happened. */
    boolean answer(A answer);

    /** Gives it back unanswered, so that the link's default applies at once; false when it was too late. */
    boolean decline(String reason);
}
