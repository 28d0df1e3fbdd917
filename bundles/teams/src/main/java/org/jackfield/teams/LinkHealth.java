package org.jackfield.teams;

import java.util.function.Consumer;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one status of what happens to a link's requests, and says each change of state once.
 * Safe for any thread; listeners are called on the thread that brought the change, without a lock.
 */
final class LinkHealth {
    private static final Logger LOG = LoggerFactory.getLogger(LinkHealth.class);

    /** Failures in a row after which the link counts as down. */
    private static final int DOWN = 5;

    private final LinkId id;
    private final Timer timer;
    private final Consumer<Status> listener;
    private final String good;
    private Status status;
    private @Nullable String stopped;
    private @Nullable String permission;
    private int failures;

    /**
     * @param good the sentence when all is well
     * @param listener told of every change of state
     */
    LinkHealth(LinkId id, Timer timer, String good, Consumer<Status> listener) {
        this.id = id;
        this.timer = timer;
        this.good = good;
        this.listener = listener;
        this.status = Status.starting(timer.now());
    }

    synchronized Status status() {
        return status;
    }

    /** Graph answered a request and did what it was asked. */
    void answered(boolean write) {
        Status now;
        synchronized (this) {
            failures = 0;
            if (!write || permission == null || permission.startsWith("writing")) {
                permission = null;
            }
            now = resting();
        }
        become(now);
    }

    /** A request to Graph failed. */
    void failed(String operation, GraphFailure failure) {
        Status now;
        synchronized (this) {
            now = switch (failure.kind()) {
                case THROTTLED ->
                    Status.degraded(
                            Status.Detail.OVERLOAD,
                            "Graph asked for a pause of " + pause(failure) + " (429); writes wait",
                            timer.now());
                case UNAUTHORIZED ->
                    trouble(Status.Detail.AUTHENTICATION, "Graph did not take the token: " + failure.sentence());
                case UNAVAILABLE -> trouble(Status.Detail.CONNECTION, "Graph does not answer: " + failure.sentence());
                case RUBBISH -> trouble(Status.Detail.PROTOCOL, "Graph's answer makes no sense: " + failure.sentence());
                case NO_TOKEN -> token(failure);
                case REFUSED -> refused(operation, failure);
            };
        }
        become(now);
    }

    /** Graph tells about nobody, though it would be there. */
    void unreadable(GraphFailure failure) {
        Status now;
        synchronized (this) {
            permission = "reading is refused: " + failure.sentence() + "; check graphUrl and the agent dictionary";
            now = resting();
        }
        become(now);
    }

    /** Entra gave no token. */
    void tokenFailed(GraphFailure failure) {
        Status now;
        synchronized (this) {
            now = token(failure);
        }
        become(now);
    }

    /** Writing was stopped by an operator for {@code reason}, or is allowed again (null). */
    void writing(@Nullable String reason) {
        Status now;
        synchronized (this) {
            stopped = reason;
            now = status.state() == Status.State.STARTING ? status : resting();
        }
        become(now);
    }

    void closed() {
        become(Status.stopped(timer.now()));
    }

    private Status token(GraphFailure failure) {
        String remedy = failure.kind() == GraphFailure.Kind.NO_TOKEN
                ? "; check directoryId, clientId and the secret"
                : "; it is asked again";
        Status.Detail detail =
                failure.kind() == GraphFailure.Kind.NO_TOKEN ? Status.Detail.AUTHENTICATION : Status.Detail.CONNECTION;
        return Status.down(detail, "Entra gave no token: " + failure.sentence() + remedy, timer.now());
    }

    private Status trouble(Status.Detail detail, String sentence) {
        failures++;
        return failures >= DOWN
                ? Status.down(detail, sentence, timer.now())
                : Status.degraded(detail, sentence, timer.now());
    }

    private Status refused(String operation, GraphFailure failure) {
        failures = 0;
        if (failure.status() == 403) {
            boolean read = operation.startsWith("get");
            permission = (read ? "reading" : "writing") + " is refused: " + failure.sentence() + "; grant "
                    + (read ? "Presence.Read.All" : "Presence.ReadWrite.All") + " to the application";
        }
        return resting();
    }

    private Status resting() {
        if (permission != null) {
            return Status.degraded(Status.Detail.AUTHENTICATION, permission, timer.now());
        }
        if (stopped != null) {
            return Status.degraded(
                    Status.Detail.NONE, "nothing is written, the kill switch is on: " + stopped, timer.now());
        }
        return Status.up(good, timer.now());
    }

    private void become(Status now) {
        boolean changed;
        synchronized (this) {
            if (status.state() == Status.State.STOPPED) {
                return;
            }
            changed = status.state() != now.state() || status.detail() != now.detail();
            if (changed || !status.sentence().equals(now.sentence())) {
                status = changed ? now : new Status(now.state(), now.detail(), now.sentence(), status.since());
            }
        }
        if (!changed) {
            return;
        }
        if (now.state() == Status.State.UP || now.state() == Status.State.STOPPED) {
            LOG.info("{} {}: {}", id.tenant(), id, now.sentence());
        } else {
            LOG.warn("{} {}: {}", id.tenant(), id, now.sentence());
        }
        listener.accept(now);
    }

    private static String pause(GraphFailure failure) {
        return failure.retryAfter() == null
                ? "unknown length"
                : failure.retryAfter().toSeconds() + " s";
    }
}
