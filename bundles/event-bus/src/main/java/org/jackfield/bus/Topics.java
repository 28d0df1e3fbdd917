package org.jackfield.bus;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which topics of ours the broker has, makes those that are missing, and thereby whether the broker is there.
 * One thread asks; reading what is known is safe for any thread and never waits.
 */
final class Topics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration WHEN_UP = Duration.ofSeconds(2);
    private static final Duration WHEN_AWAY = Duration.ofMillis(250);

    private final KafkaFactory kafka;
    private final BusSettings settings;
    private final Clock clock;
    private final Thread thread;
    private final Object monitor = new Object();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile Map<String, Integer> known = Map.of();
    private volatile Connection connection;
    private volatile boolean closed;
    private volatile int version;
    private @Nullable Admin admin;

    /** Whether the broker answers, since when, and if not why. */
    record Connection(boolean up, Instant since, String reason) {}

    Topics(KafkaFactory kafka, BusSettings settings, Clock clock) {
        this.kafka = kafka;
        this.settings = settings;
        this.clock = clock;
        connection = new Connection(false, clock.instant(), "not reached yet");
        thread = new Thread(this::run, "bus-topics");
        thread.setDaemon(true);
        thread.setContextClassLoader(Admin.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    Connection connection() {
        return connection;
    }

    /** The topics of ours and their partitions, as last seen. */
    Map<String, Integer> known() {
        return known;
    }

    /** Grows with each change of {@link #known()}. */
    int version() {
        return version;
    }

    /** Tells {@code listener} of each change of {@link #known()}, on the thread that found it, which it must not hold up. */
    Registration watch(Runnable listener) {
        watchers.add(listener);
        return () -> watchers.remove(listener);
    }

    /** Waits until {@link #version()} is another than {@code seen}, at most {@code millis}. */
    void await(int seen, long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (monitor) {
            for (long left = millis; version == seen && !closed && left > 0; ) {
                monitor.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            }
        }
    }

    /**
     * The number of partitions of a topic, which is made when it is not there. Waits for the broker.
     *
     * @throws KafkaException when the broker is away or refuses
     */
    int partitions(String topic) throws InterruptedException {
        Integer partitions = known.get(topic);
        if (partitions != null) {
            return partitions;
        }
        create(List.of(topic));
        Integer created = known.get(topic);
        if (created == null) {
            throw new KafkaException("topic " + topic + ": not there after it was made");
        }
        return created;
    }

    private void run() {
        boolean precreated = false;
        while (!closed) {
            try {
                refresh();
                if (!precreated) {
                    create(precreated());
                    precreated = true;
                }
                synchronized (monitor) {
                    monitor.wait(WHEN_UP.toMillis());
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                away(e);
                try {
                    Thread.sleep(WHEN_AWAY.toMillis());
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    private List<String> precreated() {
        List<String> missing = new ArrayList<>();
        for (String tenant : settings.tenants()) {
            for (Topic topic : Topic.values()) {
                if (!known.containsKey(topic.of(tenant))) {
                    missing.add(topic.of(tenant));
                }
            }
        }
        return missing;
    }

    private synchronized void refresh() throws InterruptedException {
        if (!connection.up()) {
            String cluster = get(admin().describeCluster().clusterId());
            String fault = settings.cluster().fault(cluster == null ? "" : cluster);
            if (fault != null) {
                throw new KafkaException(fault);
            }
        }
        Collection<String> ours =
                new TreeSet<>(get(admin().listTopics(new ListTopicsOptions().timeoutMs((int) PATIENCE.toMillis()))
                        .names()));
        ours.removeIf(name -> TopicNames.tenant(name) == null);
        Map<String, Integer> next = new HashMap<>(known);
        next.keySet().retainAll(ours);
        ours.removeAll(next.keySet());
        if (!ours.isEmpty()) {
            describe(ours, next);
        }
        reached();
        learn(next);
    }

    private void describe(Collection<String> names, Map<String, Integer> into) throws InterruptedException {
        for (TopicDescription topic :
                get(admin().describeTopics(names).allTopicNames()).values()) {
            into.put(topic.name(), topic.partitions().size());
        }
    }

    private synchronized void create(List<String> topics) throws InterruptedException {
        if (topics.isEmpty()) {
            return;
        }
        if (!connection.up()) {
            throw new KafkaException(connection.reason());
        }
        List<NewTopic> missing = topics.stream().map(this::described).toList();
        Map<String, Integer> next = new HashMap<>(known);
        var result = admin().createTopics(missing);
        for (String topic : topics) {
            try {
                next.put(topic, get(result.numPartitions(topic)));
            } catch (TopicExistsException e) {
                describe(List.of(topic), next);
            }
        }
        learn(next);
    }

    private NewTopic described(String name) {
        boolean table = TopicNames.table(name) != null;
        return new NewTopic(name, Optional.of(settings.partitions()), Optional.of(settings.replication()))
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        table ? TopicConfig.CLEANUP_POLICY_COMPACT : TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "CreateTime"));
    }

    private void learn(Map<String, Integer> next) {
        boolean changed = !next.equals(known);
        synchronized (monitor) {
            if (changed) {
                known = Map.copyOf(next);
                version++;
            }
            monitor.notifyAll();
        }
        if (changed) {
            watchers.forEach(Runnable::run);
        }
    }

    private void reached() {
        if (!connection.up()) {
            LOG.info("broker {}: connected", kafka.bootstrapServers());
            connection = new Connection(true, clock.instant(), "");
        }
    }

    private void away(RuntimeException e) {
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        if (connection.up()) {
            LOG.warn("broker {}: lost ({}); events wait in the spool", kafka.bootstrapServers(), reason);
            connection = new Connection(false, clock.instant(), reason);
        } else {
            connection = new Connection(false, connection.since(), reason);
        }
    }

    private Admin admin() {
        if (closed) {
            throw new KafkaException("the bus is closed");
        }
        Admin current = admin;
        if (current == null) {
            current = kafka.admin();
            admin = current;
        }
        return current;
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within " + PATIENCE.toSeconds() + " s", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        synchronized (monitor) {
            monitor.notifyAll();
        }
        Admin current;
        synchronized (this) {
            current = admin;
            admin = null;
        }
        if (current != null) {
            current.close(Duration.ofSeconds(1));
        }
    }
}
