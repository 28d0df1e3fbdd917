package org.jackfield.mediation.service;

import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jackfield.plugin.Table;
import org.jspecify.annotations.Nullable;

/** Which agent is kept for which call, so that two calls never pick one agent. Safe for any thread, without locks. */
final class Reservations {
    private record Kept(String call, Instant until) {}

    private final ConcurrentMap<Table.Key, Kept> agents = new ConcurrentHashMap<>();

    /** Keeps {@code agent} for {@code call}; false when another call has it. */
    boolean reserve(Table.Key agent, String call, Instant now, Instant until) {
        Kept wanted = new Kept(call, until);
        Kept holder = agents.compute(
                agent,
                (key, kept) -> kept == null
                                || !now.isBefore(kept.until())
                                || kept.call().equals(call)
                        ? wanted
                        : kept);
        return holder.equals(wanted);
    }

    /** Keeps an agent whose phone rings for {@code call}, whoever picked him. */
    void ringing(Table.Key agent, String call, Instant until) {
        agents.put(agent, new Kept(call, until));
    }

    /** The call that an agent is kept for, or null. */
    @Nullable
    String callOf(Table.Key agent, Instant now) {
        Kept kept = agents.get(agent);
        return kept == null || !now.isBefore(kept.until()) ? null : kept.call();
    }

    void release(Table.Key agent) {
        agents.remove(agent);
    }

    /** Releases an agent if it is kept for {@code call}. */
    void release(Table.Key agent, String call) {
        agents.computeIfPresent(agent, (key, kept) -> kept.call().equals(call) ? null : kept);
    }

    /** Releases whoever is kept for {@code call}. */
    void releaseCall(String tenant, String call) {
        agents.entrySet()
                .removeIf(entry -> entry.getKey().tenant().equals(tenant)
                        && entry.getValue().call().equals(call));
    }

    void expire(Instant now) {
        agents.values().removeIf(kept -> !now.isBefore(kept.until()));
    }
}
