package org.jackfield.bus;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code etc/org.jackfield.bus.cfg}; read and checked by {@link BusOptions}. */
@ObjectClassDefinition(name = "Jackfield event bus", description = "The spool on this disk and the Kafka behind it.")
@interface BusConfiguration {
    String PID = "org.jackfield.bus";

    @AttributeDefinition(description = "First part of this node's id, given once to a new spool.")
    String node() default "n1";

    @AttributeDefinition(
            description = "host:port of an existing Kafka cluster, comma-separated; empty: embedded broker.")
    String bootstrapServers() default "";

    @AttributeDefinition(description = "Port of the embedded broker on 127.0.0.1.", min = "1", max = "65535")
    int brokerPort() default 9092;

    @AttributeDefinition(description = "Heap of the embedded broker in megabytes.", min = "128", max = "8192")
    int brokerHeapMb() default 192;

    @AttributeDefinition(description = "Folder of the spool and the embedded broker's data; empty: below karaf.data.")
    String dataDir() default "";

    @AttributeDefinition(description = "Most megabytes of events that wait for the broker.", min = "32", max = "65536")
    int spoolLimitMb() default 256;

    @AttributeDefinition(description = "Partitions of a topic that is made.", min = "1", max = "64")
    int partitions() default 1;

    @AttributeDefinition(
            description = "Copies of a topic that is made; at most the brokers there are.",
            min = "1",
            max = "9")
    int replication() default 1;

    @AttributeDefinition(description = "Tenants whose topics are made at the start, comma-separated.")
    String tenants() default "";
}
