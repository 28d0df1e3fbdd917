package org.jackfield.bus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the bus was configured to, checked.
 *
 * @param bootstrapServers the Kafka cluster, or the embedded broker's address
 * @param segmentSize bytes of one spool segment
 * @param spoolLimit bytes
 * @param snapshotEvery how often tables are written to disk when they changed
 */
record BusSettings(
        String node,
        String bootstrapServers,
        Path dataDir,
        long spoolLimit,
        int segmentSize,
        int partitions,
        short replication,
        List<String> tenants,
        Duration snapshotEvery,
        Cluster cluster) {
    /** Whether a cluster that answers is the one that is meant. */
    @FunctionalInterface
    interface Cluster {
        Cluster ANY = id -> null;

        /** Why the cluster of this id must not be used, or null when it may. */
        @Nullable
        String fault(String id);
    }

    static final int SEGMENT = 16 * 1024 * 1024;

    /** Settings of a laptop: one partition, 256 MB of spool. */
    static BusSettings of(String node, String bootstrapServers, Path dataDir, List<String> tenants) {
        return new BusSettings(
                node,
                bootstrapServers,
                dataDir,
                256L * 1024 * 1024,
                SEGMENT,
                1,
                (short) 1,
                tenants,
                Duration.ofSeconds(15),
                Cluster.ANY);
    }

    /** With a check of the cluster that answers. */
    BusSettings only(Cluster expected) {
        return new BusSettings(
                node,
                bootstrapServers,
                dataDir,
                spoolLimit,
                segmentSize,
                partitions,
                replication,
                tenants,
                snapshotEvery,
                expected);
    }

    /** With another bound, and segments small enough that it has at least eight. */
    BusSettings limited(long bytes) {
        int segment = (int) Math.min(SEGMENT, bytes / 8);
        return new BusSettings(
                node,
                bootstrapServers,
                dataDir,
                bytes,
                segment,
                partitions,
                replication,
                tenants,
                snapshotEvery,
                cluster);
    }

    BusSettings topics(int newPartitions, short newReplication) {
        return new BusSettings(
                node,
                bootstrapServers,
                dataDir,
                spoolLimit,
                segmentSize,
                newPartitions,
                newReplication,
                tenants,
                snapshotEvery,
                cluster);
    }
}
