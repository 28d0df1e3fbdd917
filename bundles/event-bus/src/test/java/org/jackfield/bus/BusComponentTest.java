package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.plugin.DeadLetters;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class BusComponentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<Class<?>, Object> services = new ConcurrentHashMap<>();

    @Test
    void busIsThereBeforeItsBrokerAndEndsWithIt() throws IOException {
        String port = Integer.toString(TestBroker.freePort());
        var component = component("one", Map.of("brokerPort", port, "tenants", "demo"));
        EventBus bus = service(EventBus.class);
        bus.publish(Bench.draft("demo", "anna", "at once"));
        assertThat(service(Health.class).required()).isTrue();
        assertThat(status().state()).isEqualTo(Status.State.STARTING);
        await().atMost(PATIENCE).until(() -> status().state() == Status.State.UP);
        await().atMost(PATIENCE).until(() -> ((KafkaEventBus) bus).lag() == 0);
        assertThat(((KafkaEventBus) bus).topics().known())
                .containsKeys("jackfield.demo.agent", "jackfield.demo.dead", "jackfield.demo.audit");
        assertThat(service(DeadLetters.class)).isNotNull();

        Map<Class<?>, Object> first = Map.copyOf(services);
        var second = component("two", Map.of("brokerPort", port));
        await().atMost(PATIENCE).until(() -> status().sentence().contains("taken by another"));
        assertThat(status().state()).isEqualTo(Status.State.STARTING);
        assertThat(((KafkaEventBus) service(EventBus.class)).topics().known()).isEmpty();
        second.deactivate();

        services.putAll(first);
        component.deactivate();
        assertThat(services).isEmpty();
        try (var free = new ServerSocket(Integer.parseInt(port), 1, InetAddress.getLoopbackAddress())) {
            assertThat(free.isBound()).isTrue();
        }
    }

    @Test
    void configurationThatCannotBeIsToldByHealthAndCounted() {
        var component = component("bad", Map.of("brokerPort", "0", "partitions", "none"));
        assertThat(services).containsOnlyKeys(Health.class);
        assertThat(status().state()).isEqualTo(Status.State.DOWN);
        assertThat(status().detail()).isEqualTo(Status.Detail.CONFIGURATION);
        assertThat(status().sentence()).contains("brokerPort: 0 (expected: 1-65535)", "partitions: none");
        assertThat(meters.counter(
                                "jackfield.input.refused",
                                "place",
                                "etc/org.jackfield.bus.cfg",
                                "reason",
                                "configuration")
                        .count())
                .isEqualTo(2);
        component.deactivate();
        assertThat(services).isEmpty();
    }

    @Test
    void spoolOfAHostThatStillEndsIsWaitedFor() throws IOException {
        Map<String, Object> away = Map.of("bootstrapServers", "127.0.0.1:" + TestBroker.freePort());
        var first = component("same", away);
        Map<Class<?>, Object> firstServices = Map.copyOf(services);
        services.clear();
        var second = component("same", away);
        assertThat(services).containsOnlyKeys(Health.class);
        assertThat(status().sentence()).contains("in use by another host");
        Map<Class<?>, Object> secondServices = Map.copyOf(services);
        services.putAll(firstServices);
        first.deactivate();
        services.putAll(secondServices);
        await().atMost(PATIENCE).until(() -> services.containsKey(EventBus.class));
        second.deactivate();
    }

    private Status status() {
        return service(Health.class).status();
    }

    private <S> S service(Class<S> type) {
        return type.cast(services.get(type));
    }

    private BusComponent component(String name, Map<String, Object> properties) {
        try {
            Path home = Files.createDirectories(dir.resolve(name));
            Path broker = Files.createDirectories(home.resolve("broker"));
            if (!Files.exists(broker.resolve("lib"))) {
                Files.createSymbolicLink(broker.resolve("lib"), TestBroker.lib().toAbsolutePath());
            }
            return new BusComponent(context(home), properties, meters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As much of a framework as the component uses. */
    private BundleContext context(Path home) {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getProperty")) {
                        return switch ((String) arguments[0]) {
                            case "karaf.home" -> home.toString();
                            case "karaf.data" -> home.resolve("data").toString();
                            default -> null;
                        };
                    }
                    services.put((Class<?>) arguments[0], arguments[1]);
                    return registration((Class<?>) arguments[0]);
                });
    }

    private ServiceRegistration<?> registration(Class<?> type) {
        return (ServiceRegistration<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("unregister")) {
                        services.remove(type);
                    }
                    return method.getReturnType() == int.class ? (Object) System.identityHashCode(proxy) : null;
                });
    }
}
