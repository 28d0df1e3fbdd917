package org.jackfield.bus;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jackfield.plugin.EventBus;
import org.jackfield.testkit.Ports;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The bus of the host as it is, with its spool and its embedded broker, for benches of links; without OSGi. */
public final class SpoolAndBroker implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private record Mark(String text) {}

    private final AtomicReference<EventBus> bus = new AtomicReference<>();
    private final BusComponent component;

    /** Keeps everything in {@code dir}; {@code brokerLib} is what the module broker builds. */
    public SpoolAndBroker(Path dir, Path brokerLib) throws Exception {
        Path lib = Files.createDirectories(dir.resolve("home/broker")).resolve("lib");
        Files.createSymbolicLink(lib, brokerLib.toAbsolutePath().normalize());
        component = new BusComponent(
                context(Map.of(
                        "karaf.home", dir.resolve("home").toString(),
                        "karaf.data", dir.resolve("data").toString())),
                Map.of("brokerPort", String.valueOf(Ports.free()), "tenants", "demo"),
                new SimpleMeterRegistry());
    }

    /** What the bus asks of OSGi: properties, and where to put its services. */
    private BundleContext context(Map<String, String> properties) {
        return proxy(BundleContext.class, (name, given) -> {
            if (name.equals("getProperty")) {
                return properties.get(given[0]);
            } else if (name.equals("registerService")) {
                if (given[1] instanceof EventBus made) {
                    bus.set(made);
                }
                return proxy(ServiceRegistration.class, (method, nothing) -> null);
            }
            return null;
        });
    }

    private interface Answer {
        Object to(String method, Object[] given);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                SpoolAndBroker.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, given) -> method.getName().equals("hashCode")
                        ? Integer.valueOf(System.identityHashCode(self))
                        : method.getName().equals("equals")
                                ? (Object) (self == given[0])
                                : answer.to(method.getName(), given)));
    }

    /** The bus, once its broker is there and its tables are whole. */
    public EventBus bus() {
        await().atMost(WITHIN).until(() -> bus.get() != null);
        EventBus made = bus.get();
        await().atMost(WITHIN).until(made.table("bench-mark", Mark.class)::complete);
        return made;
    }

    @Override
    public void close() {
        component.deactivate();
    }
}
