package org.jackfield.console;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.DeadLetters;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Health;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.Overview;
import org.jackfield.plugin.Registration;
import org.jackfield.plugin.SignIn;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** All that page and shell read, as far as it is installed. Safe for any thread; nothing is cached but the last events. */
@Component(service = HostView.class, immediate = true)
public final class HostView implements AutoCloseable {
    private static final int KEPT = 500;

    private final EventBus bus;
    private final RecentEvents recent = new RecentEvents(KEPT);
    private final Registration tap;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final List<SignIn> signIns = new CopyOnWriteArrayList<>();
    private final List<Health> parts = new CopyOnWriteArrayList<>();
    private volatile @Nullable Flows flows;
    private volatile @Nullable DeadLetters deadLetters;
    private volatile @Nullable Overview overview;
    private volatile @Nullable AgentDirectory directory;

    @Activate
    public HostView(@Reference EventBus bus) {
        this.bus = bus;
        this.tap = bus.tap(recent::add);
    }

    @Deactivate
    @Override
    public void close() {
        tap.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLink(Link link) {
        links.add(link);
    }

    void removeLink(Link link) {
        links.remove(link);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPart(Health part) {
        parts.add(part);
    }

    void removePart(Health part) {
        parts.remove(part);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setFlows(Flows service) {
        flows = service;
    }

    void unsetFlows(Flows service) {
        flows = flows == service ? null : flows;
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setDeadLetters(DeadLetters service) {
        deadLetters = service;
    }

    void unsetDeadLetters(DeadLetters service) {
        deadLetters = deadLetters == service ? null : deadLetters;
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setOverview(Overview service) {
        overview = service;
    }

    void unsetOverview(Overview service) {
        overview = overview == service ? null : overview;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addSignIn(SignIn signIn) {
        signIns.add(signIn);
    }

    void removeSignIn(SignIn signIn) {
        signIns.remove(signIn);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setDirectory(AgentDirectory service) {
        directory = service;
    }

    void unsetDirectory(AgentDirectory service) {
        directory = directory == service ? null : directory;
    }

    /** Where people of {@code tenant} sign in. */
    Optional<SignIn> signIn(@Nullable String tenant) {
        return signIns.stream().filter(s -> s.tenant().equals(tenant)).findFirst();
    }

    List<String> signInTenants() {
        return signIns.stream().map(SignIn::tenant).distinct().sorted().toList();
    }

    /** The line of the agent dictionary that belongs to somebody. */
    Optional<Agent> agent(SignIn.Person person) {
        AgentDirectory current = directory;
        return current == null ? Optional.empty() : Optional.ofNullable(current.byUser(person.tenant(), person.user()));
    }

    /** How an agent is right now. */
    Optional<Overview.AgentNow> now(Agent agent) {
        Overview current = overview;
        return current == null
                ? Optional.empty()
                : current.agents(agent.tenant()).stream()
                        .filter(now -> now.agent().id().equals(agent.id()))
                        .findFirst();
    }

    /** The ACD link that an agent works on. */
    Optional<Link> acd(Agent agent) {
        return links.stream()
                .filter(link -> link.id().tenant().equals(agent.tenant()))
                .filter(link -> link.id().name().equals(agent.acd()))
                .filter(link -> link.operations().contains(Acd.SET_AGENT_STATE))
                .findFirst();
    }

    /** The first link of {@code kind} in a tenant. */
    public Optional<Link> link(String kind, String tenant) {
        return links().stream()
                .filter(link ->
                        link.id().kind().equals(kind) && link.id().tenant().equals(tenant))
                .findFirst();
    }

    public EventBus bus() {
        return bus;
    }

    /** By tenant, kind and name. */
    public List<Link> links() {
        return links.stream()
                .sorted(Comparator.comparing((Link l) -> l.id().tenant()).thenComparing(l -> l.id().toString()))
                .toList();
    }

    /** The link that operators call {@code kind:name}. */
    public Optional<Link> link(String id) {
        return links.stream().filter(l -> l.id().toString().equals(id)).findFirst();
    }

    /** By name. */
    public List<Health> parts() {
        return parts.stream().sorted(Comparator.comparing(Health::name)).toList();
    }

    public Optional<Flows> flows() {
        return Optional.ofNullable(flows);
    }

    public Optional<DeadLetters> deadLetters() {
        return Optional.ofNullable(deadLetters);
    }

    /** The agents of all tenants; none when mediation is not installed. */
    public List<Overview.AgentNow> agents() {
        Overview current = overview;
        return current == null
                ? List.of()
                : current.tenants().stream()
                        .flatMap(t -> current.agents(t).stream())
                        .toList();
    }

    /** The calls of all tenants that are up; none when mediation is not installed. */
    public List<Overview.CallNow> calls() {
        Overview current = overview;
        return current == null
                ? List.of()
                : current.tenants().stream()
                        .flatMap(t -> current.calls(t).stream())
                        .toList();
    }

    public List<org.jackfield.event.Event> recent(@Nullable String after) {
        return recent.after(after);
    }
}
