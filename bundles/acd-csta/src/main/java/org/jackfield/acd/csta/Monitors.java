package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jackfield.plugin.Agent;
import org.jackfield.protocol.csta.MonitorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps monitors on the devices and groups of the link's agents, and follows the dictionary. Used on the lane only.
 */
final class Monitors {
    private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Settings settings;
    private final AgentFollower agents;
    private final Pacer pacer;
    private final Lane lane;
    private final Runnable changed;
    /** From the object to its cross-reference; empty while MonitorStart is not answered. */
    private final Map<String, String> started = new HashMap<>();

    private final Map<String, String> failed = new TreeMap<>();
    private Set<String> discovered = Set.of();
    private boolean connected;
    private boolean capped;

    /** {@code changed} is run when it is known whether a device can be monitored. */
    Monitors(Settings settings, AgentFollower agents, Pacer pacer, Lane lane, Runnable changed) {
        this.changed = changed;
        this.settings = settings;
        this.agents = agents;
        this.pacer = pacer;
        this.lane = lane;
    }

    void connected() {
        connected = true;
        refresh();
    }

    void disconnected() {
        connected = false;
        started.clear();
        failed.clear();
    }

    /** Devices that could not be monitored, with the ACD's reason; groups are not missed when devices are. */
    Map<String, String> failed() {
        return failed;
    }

    int count() {
        return started.size();
    }

    /** The ACD has told its devices: they are monitored besides those of the dictionary. */
    void discovered(Set<String> devices) {
        discovered = devices;
        refresh();
    }

    /** Starts and stops what the dictionary asks for. */
    void refresh() {
        if (!connected) {
            return;
        }
        Set<String> devices = new LinkedHashSet<>();
        Set<String> groups = new LinkedHashSet<>();
        for (Agent agent : agents.agents()) {
            devices.add(agent.device());
            if (settings.monitorGroups()) {
                groups.addAll(agent.groups());
            }
        }
        groups.addAll(discovered);
        groups.removeAll(devices);
        for (String object : Set.copyOf(started.keySet())) {
            if (!devices.contains(object) && !groups.contains(object)) {
                stop(object);
            }
        }
        devices.forEach(device -> start(device, true));
        groups.forEach(group -> start(group, false));
    }

    private void start(String object, boolean device) {
        if (started.containsKey(object)) {
            return;
        }
        if (started.size() >= settings.monitors()) {
            if (!capped) {
                LOG.warn("{}: {} monitors (expected: more are needed, see monitors=)", settings.id(), started.size());
                capped = true;
            }
            return;
        }
        started.put(object, "");
        pacer.ask(new MonitorMessage.Start(object), (answer, failure) -> {
            if (answer != null) {
                if (failed.remove(object) != null) {
                    changed.run();
                }
                if (started.containsKey(object)) {
                    started.put(object, answer.crossRef());
                } else {
                    stopped(answer.crossRef());
                }
            } else if (failure != null && !Failures.cut(Failures.cause(failure))) {
                refused(object, device, Failures.cause(failure));
            }
        });
    }

    private void refused(String object, boolean device, Throwable cause) {
        if (device) {
            failed.put(object, String.valueOf(cause.getMessage()));
            changed.run();
            LOG.warn("{}: device {} is not monitored: {}", settings.id(), object, cause.getMessage());
        } else {
            LOG.info("{}: group {} is not monitored: {}", settings.id(), object, cause.getMessage());
        }
    }

    private void stop(String object) {
        String crossRef = started.remove(object);
        failed.remove(object);
        if (crossRef != null && !crossRef.isEmpty()) {
            stopped(crossRef);
        }
    }

    private void stopped(String crossRef) {
        pacer.ask(new MonitorMessage.Stop(crossRef), (answer, failure) -> {});
    }

    /** The ACD has stopped a monitor; it is started again if it is still wanted. */
    void stoppedByAcd(String crossRef) {
        if (started.values().removeIf(crossRef::equals)) {
            LOG.info("{}: monitor {} was stopped by the ACD and is started again", settings.id(), crossRef);
            lane.after(AGAIN, this::refresh);
        }
    }
}
