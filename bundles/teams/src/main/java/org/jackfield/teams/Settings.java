package org.jackfield.teams;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that was found good; immutable.
 *
 * @param credential with what the application proves itself
 * @param tokens the file that tokens are kept in, encrypted; null to keep them in memory only
 * @param tokenKey the file with the key of {@code tokens}
 * @param limit requests per {@link #WINDOW} that Graph allows to the application in this tenant
 * @param share how much of the limit is used, more than 0.0 to 1.0
 * @param sweep time between two reads of all agents; null to follow their number
 * @param expiry of a presence session whose intent names none, PT5M to PT4H
 * @param timeout for one request
 * @param concurrency requests under way at once
 */
record Settings(
        LinkId id,
        String directoryId,
        String clientId,
        Credential credential,
        @Nullable Path tokens,
        @Nullable Path tokenKey,
        Cloud cloud,
        URI graph,
        URI login,
        Mode mode,
        int limit,
        double share,
        @Nullable Duration sweep,
        Duration expiry,
        Duration timeout,
        int concurrency,
        @Nullable InetSocketAddress proxy) {

    /** The window that Graph meters presence in. */
    static final Duration WINDOW = Duration.ofSeconds(30);

    static final String CLOUD = "global";
    static final String MODE = "active";
    static final String LIMIT = "1500";
    static final String SHARE = "70";
    static final String SWEEP = "auto";
    static final String EXPIRY = "1h";
    static final String TIMEOUT = "10s";
    static final String CONCURRENCY = "16";

    /** What presence requests may use. */
    Limit presenceLimit() {
        return new Limit(limit, WINDOW, share);
    }

    /** After which time without an answer another request may feel whether Graph is back: at most nine are out so. */
    Duration feel() {
        Duration least = Duration.ofSeconds(1);
        Duration eighth = timeout.dividedBy(8);
        return eighth.compareTo(least) < 0 ? least : eighth;
    }

    /** The interval between two sweeps of {@code agents} agents. */
    Duration sweepOf(int agents) {
        if (sweep != null) {
            return sweep;
        }
        if (agents <= 1_000) {
            return Duration.ofSeconds(2);
        }
        if (agents <= 10_000) {
            return Duration.ofMillis(2_000 + 1_500L * (agents - 1_000) / 9_000);
        }
        return Duration.ofMillis(3_500 + 16_500L * (agents - 10_000) / 90_000);
    }
}
