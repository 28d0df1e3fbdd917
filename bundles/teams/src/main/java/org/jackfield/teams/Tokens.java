package org.jackfield.teams;

import java.util.concurrent.CompletionStage;

/** Access tokens for Graph. Safe for any thread; nothing blocks. */
interface Tokens {
    /** A token that is good for some minutes at least; completes at once when there is one, else exceptionally with {@link GraphFailure}. */
    CompletionStage<String> token();

    /** The newest token, good or not; empty when there never was one. */
    String current();

    /** Graph did not take {@code token}; the next one comes from Entra. */
    void reject(String token);
}
