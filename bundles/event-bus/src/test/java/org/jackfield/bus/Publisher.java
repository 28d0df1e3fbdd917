package org.jackfield.bus;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jackfield.plugin.Table;

/** A host in a process of its own that publishes until it is killed; each line it prints was acknowledged before. */
public final class Publisher {
    private Publisher() {}

    record Counted(long number) {}

    public static void main(String[] args) throws Exception {
        var settings = BusSettings.of("n1", args[0], Path.of(args[1]), List.of());
        String tenant = args[2];
        int most = Integer.parseInt(args[3]);
        var bus = new KafkaEventBus(settings, new SimpleMeterRegistry(), Clock.systemUTC());
        bus.start();
        Table<Counted> table = bus.table("count", Counted.class);
        for (int i = 0; i < most; i++) {
            String id =
                    bus.publish(Bench.draft(tenant, "agent" + i % 5, "r" + i)).id();
            table.put(new Table.Key(tenant, "last"), new Counted(Long.parseLong(id.substring(id.indexOf('/') + 1))));
            System.out.println(id);
            if (i % 20 == 0) {
                Thread.sleep(1);
            }
        }
        System.out.println("idle");
        Thread.sleep(60_000);
    }
}
