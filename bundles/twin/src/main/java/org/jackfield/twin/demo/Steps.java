package org.jackfield.twin.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jackfield.twin.AgentFile;

/** The steps of the scene. For one thread; each step leaves the systems as it found them, as far as it can. */
final class Steps {
    /** Something that did not happen; the message says what. */
    static final class Missing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Missing(String message) {
            super(message, null, false, false);
        }
    }

    private final Bus bus;
    private final TwinControl twin;
    private final List<AgentFile.Line> agents;
    private final Path routes;
    private final String dnis;
    private final String expert;
    private final Duration patience;
    private final List<BusEvent> told = new ArrayList<>();
    private int mark;
    private String call = "";
    private String callAgent = "";

    Steps(
            Bus bus,
            TwinControl twin,
            List<AgentFile.Line> agents,
            Path routes,
            String dnis,
            String expert,
            Duration patience) {
        this.bus = bus;
        this.twin = twin;
        this.agents = agents;
        this.routes = routes;
        this.dnis = dnis;
        this.expert = expert;
        this.patience = patience;
    }

    /** Runs one step; what it throws becomes its fault. */
    Outcome run(String sentence, Runnable step) {
        told.clear();
        mark = bus.now();
        try {
            step.run();
            return new Outcome(sentence, List.copyOf(told), null);
        } catch (Missing | IllegalStateException e) {
            return new Outcome(sentence, List.copyOf(told), String.valueOf(e.getMessage()));
        }
    }

    /** Everybody Ready; the first agent works at a desk phone with the Teams client closed. */
    void prepare() {
        for (AgentFile.Line agent : agents) {
            press(agent, "loggedOn", "");
            press(agent, "ready", "");
            choose(agent, "Available", "Available");
        }
        choose(first(), "Offline", "Offline");
        holds(
                "all agents Ready",
                () -> agents.stream().allMatch(a -> twin.agent(a.id()).equals("agentReady")));
        settle();
    }

    void takesABreak() {
        AgentFile.Line anna = first();
        press(anna, "notReady", "break");
        event(
                "agent.state.changed",
                e -> e.key().equals(anna.id()) && e.text("state").equals("NOT_READY"));
        event(
                "presence.applied",
                e -> e.key().equals(anna.id()) && e.text("availability").equals("Away"));
        holds("Teams shows Away", () -> twin.presence(anna.user()).equals("Away/Away"));
    }

    void comesBack() {
        AgentFile.Line anna = first();
        press(anna, "ready", "");
        event(
                "agent.state.changed",
                e -> e.key().equals(anna.id()) && e.text("state").equals("READY"));
        event(
                "presence.applied",
                e -> e.key().equals(anna.id())
                        && e.text("availability").isEmpty()
                        && e.text("outcome").equals("applied"));
        holds("Teams shows the own state", () -> twin.presence(anna.user()).equals("Offline/Offline"));
    }

    void doesNotDisturb() {
        AgentFile.Line ben = second();
        choose(ben, "DoNotDisturb", "DoNotDisturb");
        event(
                "presence.observed",
                e -> e.key().equals(ben.id()) && e.text("availability").equals("DoNotDisturb"));
        event(
                "agent.state.changed",
                e -> e.key().equals(ben.id()) && e.text("state").equals("NOT_READY"));
        holds("the ACD has NotReady", () -> twin.agent(ben.id()).equals("agentNotReady"));
    }

    void isAvailableAgain() {
        AgentFile.Line ben = second();
        choose(ben, "Available", "Available");
        event(
                "presence.observed",
                e -> e.key().equals(ben.id()) && e.text("availability").equals("Available"));
        event(
                "agent.state.changed",
                e -> e.key().equals(ben.id()) && e.text("state").equals("READY"));
        holds("the ACD has Ready", () -> twin.agent(ben.id()).equals("agentReady"));
    }

    /** The agent who has been Ready longest gets the call, chosen by the host, rung by the ACD through the host. */
    void callComesIn(String from) {
        call = place(from);
        BusEvent offered = event("call.offered", e -> true);
        BusEvent selected = event("route.selected", e -> e.key().equals(offered.key()));
        event(
                "call.established",
                e -> e.key().equals(offered.key()) && !e.text("agent").isEmpty());
        callAgent = selected.text("agent");
        holds(
                "the caller is connected",
                () -> twin.get("/sbc/calls/" + call).path("state").asText().equals("up"));
        holds("agent " + callAgent + " is Busy", () -> twin.agent(callAgent).equals("agentBusy"));
    }

    void agentTransfers() {
        twin.post("/acd/calls/-/transfer", Map.of("agent", callAgent, "to", expert));
        BusEvent offered = event("call.offered", e -> e.text("called").contains(expert.substring(1)));
        event("call.transferred", e -> e.key().equals(offered.key()));
        holds("the expert has the call", () -> phoneUp(expert));
        holds("the agent is in wrap-up", () -> !twin.agent(callAgent).equals("agentBusy"));
        hangUp();
    }

    void teamsRefers() {
        String refer =
                twin.post("/sbc/calls/" + call + "/refer", Map.of()).path("id").asText();
        BusEvent requested = event("call.transfer.requested", e -> true);
        event("call.transfer.completed", e -> e.key().equals(requested.key()));
        holds(
                "the REFER ended well",
                () -> twin.get("/sbc/refers/" + refer).path("state").asText().equals("done"));
        holds("the agent is in wrap-up", () -> !twin.agent(callAgent).equals("agentBusy"));
        hangUp();
    }

    /** Saves a changed route file, and afterwards the file as it was. */
    void routeIsEdited() {
        Path file = routes.resolve("presence-to-teams.camel.yaml");
        String before = read(file);
        write(file, before + "# edited by the demo at " + Instant.now() + "\n");
        try {
            BusEvent loaded = event("flow.loaded", e -> e.text("flow").equals("presence-to-teams"));
            AgentFile.Line anna = first();
            press(anna, "notReady", "break");
            BusEvent applied = await(
                    "presence.applied",
                    e -> e.key().equals(anna.id()) && e.text("availability").equals("Away"));
            if (applied.time().isBefore(loaded.time())) {
                throw new Missing("a change of presence after the flow was loaded");
            }
            told.add(applied);
        } finally {
            write(file, before);
            press(first(), "ready", "");
        }
    }

    /** Ends the call that is up and waits until its agent is Ready again. */
    void hangUp() {
        if (!call.isEmpty()) {
            twin.post("/sbc/calls/" + call + "/hangup", Map.of());
            call = "";
        }
        holds("the agent is Ready again", () -> twin.agent(callAgent).equals("agentReady"));
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits until the bus is quiet, so that a step does not see what an earlier one caused. */
    private void settle() {
        int before = bus.now();
        for (int quiet = 0; quiet < 5; quiet++) {
            pause(100);
            int after = bus.now();
            quiet = after == before ? quiet : 0;
            before = after;
        }
    }

    private String place(String from) {
        return twin.post("/sbc/calls", Map.of("from", from, "to", dnis, "hangup", "none"))
                .path("id")
                .asText();
    }

    private boolean phoneUp(String number) {
        for (var phone : twin.state().at("/sbc/phones")) {
            if (phone.path("number").asText().equals(number)
                    && phone.path("phase").asText().equals("UP")) {
                return true;
            }
        }
        return false;
    }

    private void press(AgentFile.Line agent, String state, String reason) {
        twin.post("/acd/agents/" + agent.id() + "/state", Map.of("state", state, "reason", reason));
    }

    private void choose(AgentFile.Line agent, String availability, String activity) {
        twin.post(
                "/teams/users/" + agent.user() + "/presence",
                Map.of("availability", availability, "activity", activity));
    }

    private BusEvent event(String type, Predicate<BusEvent> wanted) {
        BusEvent event = await(type, wanted);
        told.add(event);
        return event;
    }

    private BusEvent await(String type, Predicate<BusEvent> wanted) {
        return bus.await(mark, patience, e -> e.is(type) && wanted.test(e))
                .orElseThrow(() -> new Missing(type + " on the bus within " + patience.toSeconds() + " s"));
    }

    private void holds(String what, BooleanSupplier claim) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!claim.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new Missing(what + " within " + patience.toSeconds() + " s");
            }
            pause(20);
        }
    }

    private AgentFile.Line first() {
        return agents.get(0);
    }

    private AgentFile.Line second() {
        return agents.get(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Missing("the route file " + file);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new Missing("leave to write " + file);
        }
    }
}
