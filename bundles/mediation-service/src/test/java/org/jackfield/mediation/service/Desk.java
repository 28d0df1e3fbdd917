package org.jackfield.mediation.service;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jackfield.event.AgentEvents;
import org.jackfield.event.AgentState;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.Event;
import org.jackfield.event.EventData;
import org.jackfield.event.EventDraft;
import org.jackfield.event.Origin;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.LinkId;
import org.jackfield.testkit.FakeEventBus;

/** Mediation with a bus in memory, the demo's agents and a clock by hand; the flows are played by hand too. */
final class Desk implements AutoCloseable {
    static final String TENANT = "demo";

    final ManualTimers clock;
    final FakeEventBus bus;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AgentDictionary dictionary;
    final MediationState state;
    final PresencePolicyBean presence;
    final CallRouterBean router;
    final TransfersBean transfers;
    final OverviewService overview;

    Desk(Path etc) {
        this(etc, new ManualTimers(), Map.of("dnis", "+4930555600:600"));
    }

    Desk(Path etc, ManualTimers clock, Map<String, String> lines) {
        this(etc, clock, new FakeEventBus(clock), lines);
    }

    Desk(Path etc, ManualTimers clock, FakeEventBus bus, Map<String, String> lines) {
        this.clock = clock;
        this.bus = bus;
        copy(etc);
        dictionary = new AgentDictionary(etc, bus, meters, clock, false);
        state = new MediationState(bus, dictionary, meters, clock, clock, lines);
        presence = new PresencePolicyBean(state);
        router = new CallRouterBean(state);
        transfers = new TransfersBean(state);
        overview = new OverviewService(state);
    }

    private static void copy(Path etc) {
        try {
            Path file = etc.resolve("agents-demo.csv");
            if (!Files.exists(file)) {
                Files.copy(Path.of("../../etc/agents-demo.csv"), file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Event publish(Origin origin, EventData data) {
        return bus.publish(EventDraft.of(TENANT, "/csta/demo/main", origin, clock.instant(), data));
    }

    Event acd(String agent, AgentState state) {
        return acd(agent, state, null);
    }

    Event acd(String agent, AgentState state, String reason) {
        return publish(
                Origin.ACD, new AgentEvents.StateChanged(agent, null, state, null, null, reason, List.of(), false));
    }

    Event teams(String agent, String availability, String activity) {
        return publish(Origin.TEAMS, new PresenceEvents.Observed(agent, "u-" + agent, availability, activity, null));
    }

    Event call(Kind kind, String call, String acdCall, String device, String to) {
        return publish(
                Origin.ACD,
                new CallEvents.Call(
                        kind, call, null, acdCall, "acd", "+4930123", "600", "600", null, device, to, null, call));
    }

    Acd.RouteAnswer route(String call) {
        return router.route(new Acd.RouteQuestion(
                new LinkId(TENANT, "csta", "main"), "x-" + call, call, "+4930123", "600", null, null));
    }

    /** Lets time pass and plays the presence flows for every check that comes up. */
    List<Object> pass(Duration time) {
        int before = bus.events().size();
        clock.pass(time);
        List<Object> orders = new ArrayList<>();
        for (Event event : bus.events().subList(before, bus.events().size())) {
            if (event.data() instanceof PresenceEvents.Recheck) {
                orders.addAll(presence.toTeams(event));
                orders.addAll(presence.toAcd(event));
            }
        }
        return orders;
    }

    @Override
    public void close() {
        state.close();
        dictionary.close();
    }
}
