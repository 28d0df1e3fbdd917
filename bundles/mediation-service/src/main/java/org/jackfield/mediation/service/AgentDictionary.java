package org.jackfield.mediation.service;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.event.EventDraft;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.Status;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent dictionary from {@code etc/agents-<tenant>.csv}, read again when a file changes.
 * Reads never block and see one whole version. A file with a fault changes nothing: the last good version stays.
 */
@Component(service = {AgentDirectory.class, Health.class})
public final class AgentDictionary implements AgentDirectory, Health, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentDictionary.class);
    private static final Pattern FILE = Pattern.compile("agents-([a-z0-9][a-z0-9-]{0,62})\\.csv");
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final String UNREADABLE = "\0";

    private final Path folder;
    private final EventBus bus;
    private final MeterRegistry meters;
    private final Clock clock;
    private final @Nullable Timers looker;
    private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();
    private final Map<String, String> read = new HashMap<>();
    private final Map<String, String> faulty = new HashMap<>();
    /** Size and time of each file at the last look. */
    private final Map<String, String> stamps = new HashMap<>();
    /** And when it was last read at rest. */
    private final Map<String, String> looked = new HashMap<>();

    private volatile Map<String, Tenant> tenants = Map.of();
    private volatile Status status;

    private record Tenant(
            Map<String, Agent> byId,
            Map<String, Agent> byDevice,
            Map<String, Agent> byUser,
            Map<String, Agent> byNumber) {
        static Tenant of(List<Agent> agents) {
            Map<String, Agent> ids = new HashMap<>();
            Map<String, Agent> devices = new HashMap<>();
            Map<String, Agent> users = new HashMap<>();
            Map<String, Agent> numbers = new HashMap<>();
            for (Agent agent : agents) {
                ids.put(agent.id(), agent);
                devices.put(agent.device(), agent);
                if (agent.user() != null) {
                    users.put(agent.user(), agent);
                }
                if (agent.number() != null) {
                    numbers.put(agent.number(), agent);
                }
            }
            return new Tenant(Map.copyOf(ids), Map.copyOf(devices), Map.copyOf(users), Map.copyOf(numbers));
        }
    }

    @Activate
    public AgentDictionary(@Reference EventBus bus, @Reference MeterRegistry meters) {
        this(etc(), bus, meters, Clock.systemUTC(), true);
    }

    AgentDictionary(Path folder, EventBus bus, MeterRegistry meters, Clock clock, boolean watching) {
        this.folder = folder;
        this.bus = bus;
        this.meters = meters;
        this.clock = clock;
        this.status = Status.starting(clock.instant());
        look();
        if (watching) {
            looker = Timers.thread("agent-dictionary");
            looker.every(LOOK, this::look);
        } else {
            looker = null;
        }
    }

    private static Path etc() {
        return Path.of(System.getProperty("karaf.etc", "etc"));
    }

    @Deactivate
    @Override
    public void close() {
        if (looker != null) {
            looker.close();
        }
    }

    /** Reads what changed. Called by one thread at a time. */
    synchronized void look() {
        Map<String, Tenant> next = new HashMap<>(tenants);
        Set<String> changed = new HashSet<>();
        Set<String> present = new HashSet<>();
        for (Path file : files()) {
            Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
            if (name.matches()) {
                String tenant = name.group(1);
                present.add(tenant);
                if (readOne(tenant, file, next)) {
                    changed.add(tenant);
                }
            }
        }
        for (String gone : List.copyOf(read.keySet())) {
            if (!present.contains(gone)) {
                read.remove(gone);
                faulty.remove(gone);
                stamps.remove(gone);
                looked.remove(gone);
                next.remove(gone);
                changed.add(gone);
                LOG.info("agents of tenant {} removed with their file", gone);
            }
        }
        tenants = Map.copyOf(next);
        status = status(next);
        changed.forEach(tenant -> watchers.forEach(watcher -> tell(watcher, tenant)));
    }

    /** Looked at twice a second for each file in the folder, so without a pattern. */
    private static boolean mayBeAgents(Path file) {
        return String.valueOf(file.getFileName()).startsWith("agents-");
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, AgentDictionary::mayBeAgents)) {
            found.forEach(files::add);
        } catch (IOException e) {
            LOG.debug("no agent files in {}", folder, e);
        }
        return files;
    }

    /** True when a new good version was read. */
    private boolean readOne(String tenant, Path file, Map<String, Tenant> next) {
        String text;
        try {
            String stamp = Files.size(file) + "@" + Files.getLastModifiedTime(file);
            String before = stamps.put(tenant, stamp);
            // half a file is never read: it counts when it is as at the look before, at start at once
            if ((before != null && !before.equals(stamp)) || stamp.equals(looked.get(tenant))) {
                return false;
            }
            text = Files.readString(file, StandardCharsets.UTF_8);
            if (before != null) {
                looked.put(tenant, stamp);
            }
        } catch (CharacterCodingException e) {
            refuse(tenant, file, UNREADABLE, List.of(new AgentFile.Fault(0, null, "not UTF-8", "UTF-8 text")));
            return false;
        } catch (IOException e) {
            LOG.debug("{} is not readable now; looked at again soon", file, e);
            return false;
        }
        if (text.equals(read.get(tenant)) || text.equals(faulty.get(tenant))) {
            return false;
        }
        AgentFile.Content content = AgentFile.read(tenant, text);
        if (!content.faults().isEmpty()) {
            refuse(tenant, file, text, content.faults());
            return false;
        }
        faulty.remove(tenant);
        read.put(tenant, text);
        next.put(tenant, Tenant.of(content.agents()));
        LOG.info(
                "agents of tenant {}: {} read from {}", tenant, content.agents().size(), file);
        return true;
    }

    private void refuse(String tenant, Path file, String text, List<AgentFile.Fault> faults) {
        if (text.equals(faulty.put(tenant, text))) {
            return;
        }
        for (AgentFile.Fault fault : faults) {
            String place = file.getFileName() + ":" + fault.line();
            LOG.warn("{}: {} (expected: {}); the last good version stays", place, fault.reason(), fault.expected());
            meters.counter("jackfield.input.refused", "place", "dictionary", "reason", "line")
                    .increment();
            report(tenant, place, fault);
        }
    }

    private void report(String tenant, String place, AgentFile.Fault fault) {
        try {
            bus.publish(EventDraft.of(
                    tenant,
                    "/mediation/" + tenant + "/dictionary",
                    Origin.HOST,
                    clock.instant(),
                    new LinkEvents.Refused(place, fault.reason(), fault.value(), fault.expected())));
        } catch (RuntimeException e) {
            LOG.debug("refusal of {} is only in the log", place, e);
        }
    }

    private Status status(Map<String, Tenant> now) {
        Instant since = clock.instant();
        Status next;
        if (!faulty.isEmpty()) {
            next = Status.degraded(
                    Status.Detail.CONFIGURATION,
                    "agents of " + String.join(", ", faulty.keySet())
                            + ": the file has a fault, the last good version stays",
                    since);
        } else {
            int count = now.values().stream().mapToInt(t -> t.byId().size()).sum();
            next = Status.up(count + " agents of " + now.size() + (now.size() == 1 ? " tenant" : " tenants"), since);
        }
        return next.sentence().equals(status.sentence()) ? status : next;
    }

    private static void tell(Consumer<String> watcher, String tenant) {
        try {
            watcher.accept(tenant);
        } catch (RuntimeException e) {
            LOG.warn(
                    "a watcher of the agent dictionary failed for tenant {}; it may have missed the change", tenant, e);
        }
    }

    private @Nullable Tenant of(String tenant) {
        return tenants.get(tenant);
    }

    /** The tenants that have a file. */
    Set<String> tenants() {
        return tenants.keySet();
    }

    @Override
    public Collection<Agent> agents(String tenant) {
        Tenant known = of(tenant);
        return known == null ? List.of() : known.byId().values();
    }

    @Override
    public @Nullable Agent byId(String tenant, String id) {
        Tenant known = of(tenant);
        return known == null ? null : known.byId().get(id);
    }

    @Override
    public @Nullable Agent byDevice(String tenant, String device) {
        Tenant known = of(tenant);
        return known == null ? null : known.byDevice().get(device);
    }

    @Override
    public @Nullable Agent byUser(String tenant, String user) {
        Tenant known = of(tenant);
        return known == null ? null : known.byUser().get(user);
    }

    @Override
    public @Nullable Agent byNumber(String tenant, String number) {
        Tenant known = of(tenant);
        return known == null ? null : known.byNumber().get(number);
    }

    @Override
    public Registration watch(Consumer<String> listener) {
        watchers.add(listener);
        tenants.keySet().forEach(tenant -> tell(listener, tenant));
        return () -> watchers.remove(listener);
    }

    @Override
    public String name() {
        return "dictionary";
    }

    @Override
    public Status status() {
        return status;
    }
}
