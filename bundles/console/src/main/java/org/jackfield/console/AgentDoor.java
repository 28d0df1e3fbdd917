package org.jackfield.console;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jackfield.plugin.SignIn;
import org.jspecify.annotations.Nullable;

/**
 * Remembers who is signing in and who has signed in, in memory only: a restarted host asks again. Safe for any thread.
 * A browser is known by a random value in a cookie; an attempt belongs to the browser that began it.
 */
final class AgentDoor {
    static final Duration ATTEMPT = Duration.ofMinutes(10);
    static final Duration SESSION = Duration.ofHours(10);
    private static final int MOST_ATTEMPTS = 10_000;
    private static final int MOST_SESSIONS = 200_000;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Begun> attempts = new LinkedHashMap<>();
    private final Map<String, Open> sessions = new LinkedHashMap<>();

    private record Begun(SignIn provider, SignIn.Attempt attempt, String browser, Instant until) {}

    private record Open(SignIn.Person person, Instant until) {}

    /** An attempt that has come back. */
    record Returned(SignIn provider, SignIn.Attempt attempt) {}

    AgentDoor(Clock clock) {
        this.clock = clock;
    }

    /** Remembers an attempt; gives the value that its browser keeps. */
    synchronized String begin(SignIn provider, SignIn.Attempt attempt) {
        trim(attempts, MOST_ATTEMPTS);
        String browser = value();
        attempts.put(
                attempt.state(),
                new Begun(provider, attempt, browser, clock.instant().plus(ATTEMPT)));
        return browser;
    }

    /** The attempt of {@code state}, once, if it is of this browser and not too old. */
    synchronized @Nullable Returned returned(@Nullable String state, @Nullable String browser) {
        Begun begun = state == null ? null : attempts.remove(state);
        boolean good = begun != null
                && begun.browser().equals(browser)
                && clock.instant().isBefore(begun.until());
        return good && begun != null ? new Returned(begun.provider(), begun.attempt()) : null;
    }

    /** Lets somebody in; gives the value that the browser keeps. */
    synchronized String open(SignIn.Person person) {
        trim(sessions, MOST_SESSIONS);
        String session = value();
        sessions.put(session, new Open(person, clock.instant().plus(SESSION)));
        return session;
    }

    /** Who the browser with {@code session} is, null when nobody. */
    synchronized SignIn.@Nullable Person who(@Nullable String session) {
        Open open = session == null ? null : sessions.get(session);
        if (open == null) {
            return null;
        }
        if (!clock.instant().isBefore(open.until())) {
            sessions.remove(session);
            return null;
        }
        return open.person();
    }

    synchronized void close(@Nullable String session) {
        if (session != null) {
            sessions.remove(session);
        }
    }

    private static void trim(Map<String, ?> map, int most) {
        if (map.size() >= most) {
            var oldest = map.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private String value() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
