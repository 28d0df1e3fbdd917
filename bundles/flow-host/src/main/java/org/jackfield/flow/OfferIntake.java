package org.jackfield.flow;

import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a flow's offers come in, whatever version of it runs: attached to the links' offer points, once, across swaps.
 * Takes offers off the link's thread at once, but for routes that never wait; an offer that the flow cannot answer is
 * declined, so that the link's default applies without waiting for the deadline. Safe for any thread.
 */
final class OfferIntake {
    private static final Logger LOG = LoggerFactory.getLogger(OfferIntake.class);

    private final String flow;
    private final Services services;
    private final Intake versions;
    private final Executor executor;
    private final FlowMeters meters;
    private final Clock clock;
    private final Map<Slot, Registration> attached = new HashMap<>();
    private Set<Plan.Point> wanted = Set.of();

    private record Slot(Link link, OfferPoint<?, ?> point) {}

    /** @param versions where to lease the version that answers */
    OfferIntake(String flow, Services services, Intake versions, Executor executor, FlowMeters meters, Clock clock) {
        this.flow = flow;
        this.services = services;
        this.versions = versions;
        this.executor = executor;
        this.meters = meters;
        this.clock = clock;
    }

    /** Attaches to the links' points of these names from now on, and to no others. */
    synchronized void take(Set<Plan.Point> points) {
        wanted = Set.copyOf(points);
        refresh();
    }

    /** Attaches to links that came and forgets those that went. */
    synchronized void refresh() {
        Set<Slot> slots = new HashSet<>();
        for (Plan.Point point : wanted) {
            for (Link link : services.links(point.kind(), point.link())) {
                link.offers().stream()
                        .filter(offered -> offered.name().equals(point.name()))
                        .forEach(offered -> slots.add(new Slot(link, offered)));
            }
        }
        attached.entrySet().removeIf(entry -> {
            if (slots.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().close();
            return true;
        });
        for (Slot slot : slots) {
            if (!attached.containsKey(slot)) {
                attach(slot, slot.point());
            }
        }
    }

    private <Q, A> void attach(Slot slot, OfferPoint<Q, A> point) {
        try {
            attached.put(slot, point.attach(offer -> take(slot.link(), point, offer)));
        } catch (IllegalStateException e) {
            LOG.error(
                    "flow {} takes no offers from link {}: {}",
                    flow,
                    slot.link().id(),
                    e.getMessage());
        }
    }

    /** On the link's thread: a route that never waits answers there, any other on a thread of the flow host. */
    private <Q, A> void take(Link link, OfferPoint<Q, A> point, Offer<Q, A> offer) {
        FlowVersion version = versions.lease();
        if (version != null) {
            OfferConsumer consumer = version.inputs().of(link, point.name());
            if (consumer != null && consumer.immediate()) {
                meters.offers.increment();
                ask(version, consumer, link, point, offer);
                return;
            }
            version.release();
        }
        executor.execute(() -> answer(link, point, offer));
    }

    private <Q, A> void answer(Link link, OfferPoint<Q, A> point, Offer<Q, A> offer) {
        meters.offers.increment();
        if (!clock.instant().isBefore(offer.deadline())) {
            unanswered(offer, "late", "it waited for a thread until its deadline", null);
            return;
        }
        FlowVersion version = versions.lease();
        if (version == null) {
            unanswered(offer, "paused", "the flow is paused", null);
            return;
        }
        OfferConsumer consumer = version.inputs().of(link, point.name());
        if (consumer == null) {
            version.release();
            unanswered(offer, "paused", "this version does not take " + point.name(), null);
            return;
        }
        ask(version, consumer, link, point, offer);
    }

    private <Q, A> void ask(
            FlowVersion version, OfferConsumer consumer, Link link, OfferPoint<Q, A> point, Offer<Q, A> offer) {
        try {
            consumer.ask(link, (Object) offer.question(), (body, error) -> {
                version.release();
                conclude(point, offer, body, error);
            });
        } catch (RuntimeException e) {
            version.release();
            unanswered(offer, "failed", "it failed", e);
        }
    }

    private <Q, A> void conclude(
            OfferPoint<Q, A> point, Offer<Q, A> offer, @Nullable Object body, @Nullable Throwable error) {
        if (error != null) {
            unanswered(offer, "failed", "it failed", error);
        } else if (!point.answer().isInstance(body)) {
            String found = body == null ? "nothing" : body.getClass().getName();
            unanswered(
                    offer,
                    "wrong",
                    "body at the end of the route: " + found + " (expected: "
                            + point.answer().getName() + ")",
                    null);
        } else if (offer.answer(point.answer().cast(body))) {
            meters.answered.increment();
        } else {
            meters.unanswered("late");
            LOG.warn("flow {}: answer to {} came after the deadline and was not used", flow, point.name());
        }
    }

    private void unanswered(Offer<?, ?> offer, String outcome, String why, @Nullable Throwable error) {
        meters.unanswered(outcome);
        String reason = error == null ? why : why + ": " + Failures.reason(error);
        boolean inTime = offer.decline("flow " + flow + ": " + reason);
        LOG.warn(
                "flow {} did not answer an offer, the link's default applies: {}{}",
                flow,
                reason,
                inTime ? "" : " (late)");
    }
}
