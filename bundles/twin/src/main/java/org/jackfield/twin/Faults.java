package org.jackfield.twin;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The faults that can be planted, by name. Thread-safe; a fault with a count goes off by itself when used up. */
public final class Faults {
    /** Every name with what it does and the meaning of its value. */
    public static final Map<String, String> KNOWN = known();

    private record Planted(double value, int times) {}

    private final Map<String, Planted> on = new ConcurrentHashMap<>();

    /**
     * Switches a fault; {@code csta-} in front of a name is read as {@code acd.}.
     *
     * @param times how often it strikes before it goes off by itself, 0 for always
     */
    public void set(String given, boolean enabled, double value, int times) {
        String name = given.replaceFirst("^csta-", "acd.");
        if (!KNOWN.containsKey(name)) {
            throw new IllegalArgumentException("fault: " + name + " (expected: one of " + KNOWN.keySet() + ")");
        }
        if (enabled) {
            on.put(name, new Planted(value, times));
        } else {
            on.remove(name);
        }
    }

    /** True when the fault strikes now; uses up one of its times. */
    public boolean strikes(String name) {
        return take(name).isPresent();
    }

    /** The fault's value when it strikes now, otherwise empty; uses up one of its times. */
    public OptionalDouble take(String name) {
        Planted[] struck = new Planted[1];
        on.computeIfPresent(name, (key, planted) -> {
            struck[0] = planted;
            return used(planted);
        });
        return struck[0] == null ? OptionalDouble.empty() : OptionalDouble.of(struck[0].value());
    }

    /** True when the fault is switched on; uses up nothing. */
    public boolean isOn(String name) {
        return on.containsKey(name);
    }

    /** The value of a fault that is on, otherwise 0; uses up nothing. */
    public double value(String name) {
        Planted planted = on.get(name);
        return planted == null ? 0 : planted.value();
    }

    /** The faults that are on, with their values. */
    public Map<String, Double> active() {
        Map<String, Double> active = new TreeMap<>();
        on.forEach((name, planted) -> active.put(name, planted.value()));
        return active;
    }

    private static @Nullable Planted used(Planted planted) {
        return switch (planted.times()) {
            case 0 -> planted;
            case 1 -> null;
            default -> new Planted(planted.value(), planted.times() - 1);
        };
    }

    private static Map<String, String> known() {
        Map<String, String> known = new TreeMap<>();
        known.put("entra.503", "the token endpoint answers 503");
        known.put("entra.429", "the token endpoint answers 429; value = Retry-After in seconds, default 7");
        known.put("entra.foreign-issuer", "the discovery document names another issuer");
        known.put("entra.slow", "the token endpoint waits; value = milliseconds");
        known.put("teams.429", "Graph answers 429; value = Retry-After in seconds, may be fractional, default 2");
        known.put("teams.item-429", "one item of a batch is answered 429 with Retry-After 1, the others are done");
        known.put("teams.503", "Graph answers 503; value = Retry-After in seconds, 0 for none");
        known.put("teams.504", "Graph answers 504");
        known.put("teams.timeout", "Graph takes the request and never answers; value = milliseconds until it hangs up");
        known.put("teams.rubbish", "Graph answers 200 with a body that is no JSON");
        known.put("teams.slow", "Graph waits before it answers; value = milliseconds");
        known.put("teams.propagation", "reads show presence as it was; value = milliseconds ago");
        known.put("teams.random", "429, 503 or a time-out at random; value = share of requests, 0 to 1");
        known.put("teams.unknown-strings", "reads show availability and activity strings that nobody knows");
        known.put("acd.slow", "every CSTA answer waits; value = milliseconds");
        known.put("acd.silent", "CSTA requests are read and never answered");
        known.put("acd.half-open", "the ACD reads nothing and sends nothing, the socket stays open");
        known.put("acd.duplicate-events", "every CSTA event is sent twice");
        known.put("acd.out-of-order", "each CSTA event waits for its successor, which overtakes it");
        known.put("acd.split-frames", "CSTA frames go out one byte at a time");
        known.put("acd.wrong-length", "a CSTA frame's length is impossible; value = how much too small instead");
        known.put("acd.bad-format", "a CSTA frame's format indicator is not zero");
        known.put("acd.malformed-xml", "a CSTA frame's XML is cut in the middle");
        known.put("acd.session-dropped", "the application sessions are terminated by the ACD, once");
        known.put("acd.link-cut", "the CSTA connections are cut, once");
        known.put("acd.refuse", "new CSTA connections are closed at once");
        known.put("acd.messages-lost", "SystemStatus messagesLost is sent instead of the event");
        known.put("acd.transfer-fails", "SingleStepTransferCall is refused with invalidDestination");
        known.put("acd.no-route-request", "the ACD routes by itself and asks nobody");
        known.put("sbc.mute", "the SBC reads SIP and answers nothing");
        known.put(
                "sbc.teams-facing",
                "the SBC reads Contact and From as Teams does: an address instead of a name is 403");
        known.put("sbc.503", "the SBC answers every INVITE with 503 and Retry-After");
        known.put("sbc.no-notify-bye", "the SBC does not end the old leg after a NOTIFY with 200");
        return known;
    }
}
