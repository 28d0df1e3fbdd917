package org.jackfield.twin.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.twin.AgentFile;

/**
 * The demo's scene against a running host and twin: prints one timeline and ends with 1 when a step failed.
 * Options: {@code --home --http --control --bootstrap --tenant --agents --dnis --expert --patience}.
 */
public final class Demo {
    private Demo() {}

    public static void main(String[] args) throws IOException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        Map<String, String> options = options(args);
        List<AgentFile.Line> agents =
                AgentFile.read(options.get("agents") == null ? null : Path.of(String.valueOf(options.get("agents"))));
        Duration patience = Duration.ofSeconds(Integer.parseInt(options.getOrDefault("patience", "10")));
        int failed;
        try (Bus bus = new Bus(
                options.getOrDefault("bootstrap", "127.0.0.1:9092"),
                options.getOrDefault("tenant", "demo"),
                Duration.ofSeconds(30))) {
            Steps steps = new Steps(
                    bus,
                    new TwinControl(options.getOrDefault("control", "18080")),
                    agents,
                    Path.of(options.getOrDefault("home", ".")).resolve("routes"),
                    options.getOrDefault("dnis", "+4930555600"),
                    options.getOrDefault("expert", "+4930555900"),
                    patience);
            new HostPage(options.getOrDefault("http", "")).awaitLinked(Duration.ofSeconds(30));
            failed = play(steps, agents);
        } catch (IllegalStateException e) {
            System.out.println("demo: " + e.getMessage());
            failed = 1;
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private static int play(Steps steps, List<AgentFile.Line> agents) {
        String first = agents.get(0).id();
        String second = agents.get(1).id();
        Outcome ready = steps.run("everybody is ready", steps::prepare);
        if (!ready.passed()) {
            System.out.println(ready.line(0));
            return 1;
        }
        List<Outcome> outcomes = new ArrayList<>();
        System.out.println(" #          latency  step and its events on the bus");
        play(outcomes, steps, first + " takes a break at the ACD: Teams shows Away", steps::takesABreak);
        play(outcomes, steps, first + " is back: the own Teams state shows again", steps::comesBack);
        play(outcomes, steps, second + " goes Do Not Disturb in Teams: the ACD follows", steps::doesNotDisturb);
        play(outcomes, steps, second + " is available again: Ready at the ACD is restored", steps::isAvailableAgain);
        play(
                outcomes,
                steps,
                "a call comes in on the trunk and reaches the right agent through the ACD",
                () -> steps.callComesIn("+4917012345601"));
        play(outcomes, steps, "the agent transfers it to a Teams expert", steps::agentTransfers);
        play(outcomes, steps, "a second call comes in", () -> steps.callComesIn("+4917012345602"));
        play(outcomes, steps, "Teams transfers it by REFER: the ACD moves the call", steps::teamsRefers);
        play(outcomes, steps, "a route file is edited and takes effect", steps::routeIsEdited);
        long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
        System.out.println(outcomes.size() + " steps, " + failed + " failed");
        return (int) failed;
    }

    private static void play(List<Outcome> outcomes, Steps steps, String sentence, Runnable step) {
        Outcome outcome = steps.run(sentence, step);
        outcomes.add(outcome);
        System.out.println(outcome.line(outcomes.size()));
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
        }
        return options;
    }
}
