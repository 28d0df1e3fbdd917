package org.jackfield.bus;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.CallEvents.Route;
import org.jackfield.event.CallEvents.RouteStep;
import org.jackfield.event.CommandEvents;
import org.jackfield.event.DeadLetter;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.RouteAnswer;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.SpoolFullException;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the ACD wrote to the host's own topics, turns its route requests into offers, and its results into answers
 * of orders. Taking happens on the inbox's thread; everything else on any. Nothing blocks but a lock for a moment.
 */
final class AcdDesk implements Inbox.Taker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AcdDesk.class);

    private final AcdSettings settings;
    private final LinkId id;
    private final KafkaEventBus bus;
    private final Clock clock;
    private final Inbox inbox;
    private final ScheduledExecutorService timer;
    private final OfferPoint<Acd.RouteQuestion, RouteAnswer> point;
    private final Object lock = new Object();
    /** By the id of the order's event. */
    private final Map<String, CompletableFuture<CommandEvents.Result>> orders = new HashMap<>();
    /** Route requests without an answer, by cross-reference. */
    private final Map<String, Route> asked = new HashMap<>();

    private volatile Status status;

    AcdDesk(AcdSettings settings, KafkaEventBus bus, Clock clock) {
        this.settings = settings;
        this.id = settings.id();
        this.bus = bus;
        this.clock = clock;
        this.status = Status.starting(clock.instant());
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            var thread = new Thread(work, "acd-" + id.tenant() + "-" + id.name() + "-timer");
            thread.setDaemon(true);
            return thread;
        });
        this.point = OfferPoint.create("route", Acd.RouteQuestion.class, RouteAnswer.class, timer);
        this.inbox = new Inbox(id, bus, this);
    }

    void start() {
        inbox.start();
    }

    Status status() {
        return status;
    }

    OfferPoint<Acd.RouteQuestion, RouteAnswer> point() {
        return point;
    }

    private Event publish(
            Origin origin, Instant time, @Nullable String correlation, @Nullable String cause, EventData data) {
        return bus.publish(new EventDraft(id.tenant(), id.source(), origin, time, correlation, cause, data));
    }

    @Override
    public void take(InboxCodec.Input input) {
        EventData data = input.data();
        if (data instanceof CommandEvents.Result result) {
            CompletableFuture<CommandEvents.Result> order;
            synchronized (lock) {
                order = orders.remove(result.command());
            }
            if (order == null) {
                count("late");
            } else {
                timer.execute(() -> order.complete(result));
            }
            return;
        }
        if (data instanceof Route route && route.step() == RouteStep.REQUESTED && expired(input.time())) {
            count("ttl");
            LOG.warn("{}: route request {} is older than {} and dropped", id, route.crossRef(), settings.timeToLive());
            return;
        }
        Event event =
                publish(Origin.ACD, input.time(), data.topic() == Topic.CALL ? data.key() : null, input.id(), data);
        if (data instanceof Route route) {
            route(route, event);
        }
    }

    private boolean expired(Instant time) {
        return time.plus(settings.timeToLive()).isBefore(clock.instant());
    }

    private void route(Route route, Event event) {
        synchronized (lock) {
            if (route.step() != RouteStep.REQUESTED) {
                asked.remove(route.crossRef());
                return;
            }
            asked.put(route.crossRef(), route);
        }
        var question = new Acd.RouteQuestion(
                id, route.crossRef(), route.call(), route.calling(), route.called(), route.queue(), null);
        point.offer(
                question,
                settings.routeTimeout(),
                q -> new RouteAnswer.End("no answer in time"),
                answered -> timer.execute(() -> answer(route, event, answered)));
    }

    private void answer(Route route, Event event, OfferPoint.Answered<RouteAnswer> answered) {
        synchronized (lock) {
            if (!asked.remove(route.crossRef(), route)) {
                count("late");
                return;
            }
        }
        RouteAnswer answer = answered.answer();
        boolean observed = settings.mode() == Mode.OBSERVE;
        try {
            if (answer instanceof RouteAnswer.Select select && !observed) {
                tell(route, event, RouteStep.SELECTED, select.destination(), select.agent(), select.reason());
                order(
                        route,
                        event,
                        "select",
                        select.destination(),
                        select.alternates(),
                        select.agent(),
                        select.reason());
            } else if (answer instanceof RouteAnswer.Reject reject && !observed) {
                tell(route, event, RouteStep.REJECTED, null, null, reject.reason());
                order(route, event, "reject", null, List.of(), null, reject.cause());
            } else {
                String wanted = answer instanceof RouteAnswer.Select select ? select.destination() : null;
                String by = answered.by().equals("flow") ? "" : answered.by() + ": ";
                String reason = answer instanceof RouteAnswer.End end ? by + end.reason() : "observed";
                tell(route, event, RouteStep.ENDED, wanted, null, reason);
                order(route, event, "end", null, List.of(), null, reason);
            }
        } catch (SpoolFullException e) {
            LOG.warn("{}: route request {} is not answered, the spool is full", id, route.crossRef());
        }
    }

    private void tell(
            Route route,
            Event cause,
            RouteStep step,
            @Nullable String destination,
            @Nullable String agent,
            @Nullable String reason) {
        publish(
                Origin.HOST,
                clock.instant(),
                route.call(),
                cause.id(),
                new Route(
                        step,
                        route.call(),
                        route.crossRef(),
                        route.calling(),
                        route.called(),
                        route.queue(),
                        destination,
                        agent,
                        reason));
    }

    private void order(
            Route route,
            Event cause,
            String answer,
            @Nullable String destination,
            List<String> alternates,
            @Nullable String agent,
            @Nullable String reason) {
        publish(
                Origin.HOST,
                clock.instant(),
                route.call(),
                cause.id(),
                new CommandEvents.AnswerRoute(
                        id.name(), route.call(), route.crossRef(), answer, destination, alternates, agent, reason));
    }

    CompletableFuture<Acd.SetAgentStateAnswer> setAgentState(
            Acd.SetAgentState order, @Nullable Event cause, Duration timeout) {
        if (settings.mode() == Mode.OBSERVE) {
            result(order, cause, new CommandEvents.Result("", "observed", null, null, null));
            return CompletableFuture.completedFuture(new Acd.SetAgentStateAnswer("observed", null));
        }
        Instant until = clock.instant().plus(timeout);
        var command = new CommandEvents.SetState(id.name(), order.agent(), order.state(), order.reason(), until);
        return send(command, cause, null, timeout).handle((result, failure) -> {
            CommandEvents.Result outcome = result != null
                    ? result
                    : new CommandEvents.Result(
                            "", "failed", null, failed(failure).code(), null);
            result(order, cause, outcome);
            if (result == null) {
                throw new java.util.concurrent.CompletionException(failed(failure));
            }
            return new Acd.SetAgentStateAnswer(outcome.outcome(), outcome.pending());
        });
    }

    CompletableFuture<Acd.SingleStepTransferAnswer> transfer(
            Acd.SingleStepTransfer order, @Nullable Event cause, Duration timeout) {
        if (settings.mode() == Mode.OBSERVE) {
            return CompletableFuture.failedFuture(new CommandException(
                    "observed", "SingleStepTransferCall: not sent, the link only observes", false, null));
        }
        Instant until = clock.instant().plus(timeout);
        var command =
                new CommandEvents.Move(id.name(), order.call(), order.acdCall(), order.device(), order.to(), until);
        return send(command, cause, order.call(), timeout)
                .thenApply(result -> new Acd.SingleStepTransferAnswer(
                        result.acdCall() == null ? order.acdCall() : result.acdCall()));
    }

    /** Writes an order; completes with the ACD's result, exceptionally when it failed or did not come in time. */
    private CompletableFuture<CommandEvents.Result> send(
            EventData command, @Nullable Event cause, @Nullable String correlation, Duration timeout) {
        var answer = new CompletableFuture<CommandEvents.Result>();
        String sent;
        try {
            EventDraft draft =
                    new EventDraft(id.tenant(), id.source(), Origin.HOST, clock.instant(), correlation, null, command);
            synchronized (lock) {
                sent = bus.publish(cause == null ? draft : draft.causedBy(cause))
                        .id();
                orders.put(sent, answer);
            }
        } catch (SpoolFullException e) {
            return CompletableFuture.failedFuture(
                    new CommandException("overload", id + ": " + e.getMessage(), true, e));
        }
        Future<?> unused =
                timer.schedule(() -> giveUp(sent, answer, timeout), timeout.toMillis(), TimeUnit.MILLISECONDS);
        return answer.thenCompose(result -> result.outcome().equals("failed")
                ? CompletableFuture.failedFuture(new CommandException(
                        result.error() == null ? "failed" : result.error(),
                        command.type() + ": refused by the ACD: " + result.error(),
                        false,
                        null))
                : CompletableFuture.completedFuture(result));
    }

    private void giveUp(String sent, CompletableFuture<CommandEvents.Result> answer, Duration timeout) {
        boolean waits;
        synchronized (lock) {
            waits = orders.remove(sent, answer);
        }
        if (waits) {
            answer.completeExceptionally(
                    new CommandException("timeout", id + ": no result of " + sent + " within " + timeout, false, null));
        }
    }

    private static CommandException failed(@Nullable Throwable failure) {
        Throwable cause = failure instanceof java.util.concurrent.CompletionException ? failure.getCause() : failure;
        return cause instanceof CommandException known
                ? known
                : new CommandException("internal", String.valueOf(cause), false, cause);
    }

    private void result(Acd.SetAgentState order, @Nullable Event cause, CommandEvents.Result outcome) {
        var data = new AgentEvents.StateResult(
                order.agent(), order.state(), order.reason(), outcome.outcome(), outcome.pending(), outcome.error());
        EventDraft draft = EventDraft.of(id.tenant(), id.source(), Origin.HOST, clock.instant(), data);
        try {
            bus.publish(cause == null ? draft : draft.causedBy(cause));
        } catch (SpoolFullException e) {
            LOG.warn("{}: the result for agent {} stays in the log only: {}", id, order.agent(), outcome);
        }
    }

    private void count(String reason) {
        bus.meters()
                .counter("jackfield.input.refused", "place", id.toString(), "reason", reason)
                .increment();
    }

    @Override
    public void refused(ConsumerRecord<byte[], byte[]> record, RefusedException e) {
        String place = Refusals.place(record);
        count(e.reason());
        LOG.warn("{}: record at {} refused: {}: {}", id, place, e.reason(), e.getMessage());
        String key = record.key() == null ? "" : new String(record.key(), java.nio.charset.StandardCharsets.UTF_8);
        String reason = e.reason() + ": " + e.getMessage();
        Instant now = clock.instant();
        publish(Origin.HOST, now, null, null, new LinkEvents.Refused(place, e.reason(), e.getMessage(), null));
        publish(
                Origin.HOST,
                now,
                null,
                null,
                new DeadLetter(key, "bus", 1, reason, place, null, Refusals.body(record.value())));
    }

    @Override
    public void reachable(@Nullable String trouble) {
        boolean up = status.state() == Status.State.UP;
        if (up == (trouble == null) && status.state() != Status.State.STARTING) {
            return;
        }
        Instant now = clock.instant();
        String sentence = trouble == null ? "reads " + TopicNames.in(id.tenant(), id.name()) : trouble;
        status = trouble == null ? Status.up(sentence, now) : Status.down(Status.Detail.CONNECTION, sentence, now);
        try {
            publish(
                    Origin.HOST,
                    now,
                    null,
                    null,
                    new LinkEvents.Changed(id.toString(), trouble == null ? "up" : "down", sentence));
        } catch (SpoolFullException e) {
            LOG.warn("{}: {}", id, sentence);
        }
    }

    @Override
    public void close() {
        inbox.close();
        timer.shutdownNow();
        status = Status.stopped(clock.instant());
    }
}
