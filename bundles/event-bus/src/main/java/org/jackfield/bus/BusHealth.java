package org.jackfield.bus;

import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;

/** How the bus is, for the health page: required, degraded while the broker is away. Safe for any thread. */
final class BusHealth implements Health {
    private static final double NEARLY_FULL = 0.9;

    private final Instant started;
    private volatile @Nullable KafkaEventBus bus;
    private volatile @Nullable EmbeddedBroker broker;
    private volatile Status without;

    BusHealth(Clock clock) {
        started = clock.instant();
        without = Status.starting(started);
    }

    /** What is said while there is no bus. */
    void without(Status status) {
        without = status;
    }

    void bus(@Nullable KafkaEventBus running, @Nullable EmbeddedBroker child) {
        broker = child;
        bus = running;
    }

    @Override
    public String name() {
        return "bus";
    }

    @Override
    public boolean required() {
        return true;
    }

    @Override
    public Status status() {
        KafkaEventBus running = bus;
        return running == null ? without : of(running);
    }

    private Status of(KafkaEventBus running) {
        Topics.Connection connection = running.connection();
        if (!running.tablesComplete()) {
            String sentence = connection.up()
                    ? "tables are read from the broker"
                    : "tables wait for the broker, this disk has no snapshot of them: " + reason(connection);
            return new Status(Status.State.STARTING, Status.Detail.NONE, sentence, started);
        }
        String waiting = running.lag() + " records wait in the spool, " + percent(running.fill()) + " full";
        if (!connection.up()) {
            return Status.degraded(
                    Status.Detail.CONNECTION,
                    "broker away since " + connection.since() + " (" + reason(connection) + "); " + waiting,
                    connection.since());
        }
        if (running.fill() > NEARLY_FULL) {
            return Status.degraded(Status.Detail.OVERLOAD, waiting, connection.since());
        }
        Shipper.Fault fault = running.lastFault();
        String last = fault == null ? "" : "; last trouble at " + fault.at() + ": " + fault.sentence();
        return Status.up("connected, " + waiting + last, connection.since());
    }

    private String reason(Topics.Connection connection) {
        EmbeddedBroker child = broker;
        return child == null || child.trouble().isEmpty() ? connection.reason() : child.trouble();
    }

    private static String percent(double fill) {
        return String.format(Locale.ROOT, "%.0f %%", fill * 100);
    }
}
