package org.jackfield.twin.teams;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jackfield.twin.TwinClock;
import org.jspecify.annotations.Nullable;

/** The presence of all users of the tenant, by virtual time. Thread-safe. */
public final class PresenceBook {
    /** What a reader is shown (Graph's presence resource). */
    public record Presence(
            String id,
            String availability,
            String activity,
            String sequenceNumber,
            @Nullable String message) {}

    private final TwinClock clock;
    private final Map<String, UserPresence> users = new TreeMap<>();
    private final Map<String, String> messages = new TreeMap<>();
    private final Map<String, String> upns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    /** Begins with the time, so that a twin started anew does not look older than the one before it. */
    private long sequence = System.currentTimeMillis() * 1_000;

    public PresenceBook(TwinClock clock) {
        this.clock = clock;
    }

    /** Adds a user whose Teams client runs and shows Available. */
    public synchronized void addUser(String id, @Nullable String upn) {
        users.computeIfAbsent(id, key -> {
            UserPresence user = new UserPresence(clock.instant(), this::nextSequence);
            user.session(UserPresence.CLIENT, Pair.AVAILABLE, clock.instant(), null);
            return user;
        });
        if (upn != null && !upn.isEmpty()) {
            upns.put(upn, id);
        }
    }

    /** The object id for an object id or a sign-in name, or empty when there is no such user. */
    public synchronized Optional<String> find(String idOrUpn) {
        return users.containsKey(idOrUpn) ? Optional.of(idOrUpn) : Optional.ofNullable(upns.get(idOrUpn));
    }

    /** The sign-in name of a user, or the object id when there is none. */
    public synchronized String upn(String id) {
        return upns.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(id);
    }

    public synchronized Collection<String> ids() {
        return java.util.List.copyOf(users.keySet());
    }

    public synchronized void setSession(String user, String session, Pair pair, Duration expiry) {
        Instant now = clock.instant();
        user(user).session(session, pair, now, now.plus(expiry));
    }

    /** False when the user has no such session. */
    public synchronized boolean clearSession(String user, String session) {
        return user(user).clearSession(session, clock.instant());
    }

    public synchronized void prefer(String user, Pair pair, Duration expiry) {
        Instant now = clock.instant();
        user(user).prefer(pair, now, now.plus(expiry));
    }

    public synchronized void clearPreferred(String user) {
        user(user).prefer(null, clock.instant(), null);
    }

    /** The status message; null takes it away. */
    public synchronized void message(String user, @Nullable String text) {
        if (text == null) {
            messages.remove(user);
        } else {
            messages.put(user, text);
        }
    }

    /**
     * The user's own choice in the Teams client.
     * Available resets it, Offline/Offline closes the client, a state that setUserPreferredPresence knows is chosen by
     * hand, and anything else (InACall, InAMeeting, Presenting, unheard-of strings) is what the client shows by itself.
     */
    public synchronized void choose(String user, Pair pair) {
        Instant now = clock.instant();
        UserPresence presence = user(user);
        if (pair.equals(Pair.OFFLINE)) {
            presence.clearSession(UserPresence.CLIENT, now);
        } else if (pair.equals(Pair.AVAILABLE)) {
            presence.prefer(null, now, null);
            presence.session(UserPresence.CLIENT, Pair.AVAILABLE, now, null);
        } else if (Pair.PREFERRED.contains(pair)) {
            presence.prefer(pair, now, null);
            if (!presence.sessions(now).containsKey(UserPresence.CLIENT)) {
                presence.session(UserPresence.CLIENT, Pair.AVAILABLE, now, null);
            }
        } else {
            presence.prefer(null, now, null);
            presence.session(UserPresence.CLIENT, pair, now, null);
        }
    }

    /** What a reader sees who is told {@code delay} late. */
    public synchronized Optional<Presence> read(String user, Duration delay) {
        return Optional.ofNullable(users.get(user)).map(presence -> {
            UserPresence.Shown shown = presence.seen(clock.instant(), delay);
            return new Presence(
                    user, shown.pair().availability(), shown.pair().activity(), shown.sequence(), messages.get(user));
        });
    }

    /** Everything about every user, for the control interface. */
    public synchronized Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        Instant now = clock.instant();
        users.forEach((id, presence) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            UserPresence.Shown shown = presence.seen(now, Duration.ZERO);
            one.put("availability", shown.pair().availability());
            one.put("activity", shown.pair().activity());
            one.put("sequenceNumber", shown.sequence());
            one.put("sessions", presence.sessions(now));
            presence.preferred(now).ifPresent(pair -> one.put("preferred", pair));
            if (messages.containsKey(id)) {
                one.put("message", messages.get(id));
            }
            state.put(id, one);
        });
        return state;
    }

    private UserPresence user(String id) {
        UserPresence user = users.get(id);
        if (user == null) {
            throw new IllegalArgumentException("user: " + id + " (expected: one of " + users.keySet() + ")");
        }
        return user;
    }

    private String nextSequence() {
        return String.format("A%019d", ++sequence);
    }
}
