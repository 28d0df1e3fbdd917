package org.jackfield.bus;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes Kafka clients, each under the class loader of the client library, which finds its parts by name.
 * Safe for any thread; making a client does not wait for the broker.
 */
final class KafkaFactory {
    /** How many records one poll gives at most; as many mean that there are more. */
    static final int MOST_POLLED = 250;

    private final String bootstrapServers;
    private final String node;

    KafkaFactory(String bootstrapServers, String node) {
        this.bootstrapServers = bootstrapServers;
        this.node = node;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** A producer that keeps order and never doubles, and that tries for as long as it lives. */
    KafkaProducer<byte[], byte[]> producer(String role, int lingerMs) {
        Map<String, Object> config = common(role);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // Not more: while a topic is being made, its leader may refuse a first batch and take the second, whose
        // numbers it has no reason to doubt; the first is then out of order for good.
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.LINGER_MS_CONFIG, lingerMs);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L * 1024 * 1024);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1000L);
        // A record is given up by nobody but a client that was told so by the broker: no order is lost by time.
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        config.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        return under(() -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** A consumer without a group, which reads what it is assigned and commits nothing. */
    KafkaConsumer<byte[], byte[]> reader(String role) {
        return consumer(common(role));
    }

    /** A consumer that commits under a group's name and is assigned by hand. */
    KafkaConsumer<byte[], byte[]> member(String group) {
        Map<String, Object> config = common(group);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, TopicNames.PREFIX + group);
        return consumer(config);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> config) {
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_POLLED);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5000);
        return under(() -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    Admin admin() {
        Map<String, Object> config = common("admin");
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 5000);
        return under(() -> Admin.create(config));
    }

    private Map<String, Object> common(String role) {
        Map<String, Object> config = new HashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, node + "-" + role);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5000);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50L);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000L);
        config.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 50L);
        config.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 1000L);
        config.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 30_000L);
        config.put("auto.include.jmx.reporter", false);
        config.put("enable.metrics.push", false);
        return config;
    }

    static <T> T under(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(KafkaProducer.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
