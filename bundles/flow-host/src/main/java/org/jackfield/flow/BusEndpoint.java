package org.jackfield.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.jackfield.event.Event;
import org.jackfield.event.Topic;

/**
 * {@code bus:agent?types=agent.state.changed,presence.*}: events of a topic to a route, or drafts from a route to the bus.
 * A route gets {@link Event} as body; it gives {@code EventDraft} or {@code EventData}, alone or in a collection.
 */
public final class BusEndpoint extends DefaultEndpoint {
    private static final Duration LONGEST_GATHER = Duration.ofSeconds(1);

    private final Wiring wiring;
    private final Topic topic;
    private List<String> types = List.of();
    private Set<String> tenants = Set.of();
    private Duration gather = Duration.ZERO;

    BusEndpoint(String uri, Component component, Wiring wiring, String topic) {
        super(uri, component);
        this.wiring = wiring;
        this.topic = topic(topic);
    }

    static Topic topic(String name) {
        for (Topic topic : Topic.values()) {
            if (topic.suffix().equals(name)) {
                return topic;
            }
        }
        List<String> known =
                Arrays.stream(Topic.values()).map(Topic::suffix).sorted().toList();
        throw new IllegalArgumentException(
                "unknown topic \"" + name + "\" (expected: " + String.join(", ", known) + ")");
    }

    Topic topic() {
        return topic;
    }

    Wiring wiring() {
        return wiring;
    }

    public String getTypes() {
        return String.join(",", types);
    }

    /** Event types without prefix and version, separated by commas; {@code call.*} takes all that begin so. */
    public void setTypes(String types) {
        this.types = split(types);
    }

    public String getTenants() {
        return String.join(",", tenants);
    }

    /** Tenants separated by commas; all when not given. */
    public void setTenants(String tenants) {
        this.tenants = Set.copyOf(split(tenants));
    }

    Duration gather() {
        return gather;
    }

    public String getGather() {
        return gather.toMillis() + "ms";
    }

    /**
     * How long reading rests after events, for example {@code 50ms}, so that others gather: for a route on whose answer
     * nobody waits, many events cost little more than one. From nothing (the default) to a second; an event waits for
     * at most two rests.
     */
    public void setGather(String gather) {
        Duration given = CamelContextHelper.parseDuration(getCamelContext(), gather);
        if (given == null || given.isNegative() || given.compareTo(LONGEST_GATHER) > 0) {
            throw new IllegalArgumentException("gather: \"" + gather + "\" (expected: 0ms-1s)");
        }
        this.gather = given;
    }

    private static List<String> split(String list) {
        List<String> words = new ArrayList<>();
        for (String word : list.split(",", -1)) {
            if (word.isBlank() || !word.equals(word.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("\"" + list + "\" (expected: lower-case words separated by commas)");
            }
            words.add(word.trim());
        }
        return List.copyOf(words);
    }

    boolean wants(Event event) {
        return wants(event.topic(), event.tenant(), event.data().type());
    }

    boolean wants(Topic of, String tenant, String type) {
        if (of != topic || (!tenants.isEmpty() && !tenants.contains(tenant))) {
            return false;
        }
        for (String pattern : types) {
            if (matches(pattern, type)) {
                return true;
            }
        }
        return types.isEmpty();
    }

    private static boolean matches(String pattern, String type) {
        return pattern.endsWith("*")
                ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(type);
    }

    @Override
    public Producer createProducer() {
        return new BusProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new BusConsumer(this, processor);
    }
}
