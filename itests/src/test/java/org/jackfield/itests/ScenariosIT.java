package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.KarafDistribution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The scenarios of Teams' side, played by the twin's process against the assembled host with its shipped flows. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScenariosIT {
    private static final long SEED = Long.getLong("jackfield.seed", 1);

    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("scenarios").notStarted();

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.asShipped(HOST, "--options-seconds", "0");
        HOST.start();
        rig.awaitLinked();
        // code that runs for the first time is slow, and 100 is due within 200 ms
        play("S03,S06,S11", 30);
        play("S03,S06,S11", 30);
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    @Order(1)
    @Conformance({
        "DR-22", "DR-24", "DR-25", "DR-27", "DR-31", "DR-32", "DR-33", "DR-34", "DR-36", "DR-39", "DR-40", "DR-41",
        "DR-43", "DR-44", "DR-45", "DR-46", "DR-47", "DR-48", "DR-50", "DR-51", "DR-52", "DR-53", "DR-55", "DR-56",
        "DR-57", "DR-58", "DR-59", "DR-60", "DR-61", "DR-62", "DR-64", "DR-65", "DR-69", "DR-71", "DR-94", "DR-98"
    })
    void everyScenarioPasses() {
        JsonNode run = play("", 110);
        List<String> failed = new ArrayList<>();
        Set<String> scenarios = new TreeSet<>();
        for (JsonNode result : run.get("results")) {
            scenarios.add(result.get("scenario").asText());
            if (result.get("verdict").asText().equals("FAIL")) {
                failed.add(result.toString());
            }
        }
        assertThat(failed).as(run.get("total").asText()).isEmpty();
        assertThat(scenarios).hasSize(16);
    }

    /** What SIP does not show of S04 and S21: the host's own view of what happened. */
    @Test
    @Order(2)
    @Conformance({"DR-38", "DR-70"})
    void voiceApplicationIsFlaggedAndRefusalsAreTypedAsTheScenariosMadeThem() {
        try (BusReader bus = rig.bus()) {
            HOST.await(Duration.ofSeconds(60), "the call of S04 flagged on the bus", () -> {
                play("S04", 20); // again, when the twin was kept from answering at once
                return !bus.all(e -> e.is("call.established") && e.text("cause").equals("suspected-voice-app"))
                        .isEmpty();
            });
        }
        play("S21", 30);
        String metrics = HOST.get("/metrics").body();
        assertThat(List.of("next-target", "configuration", "callee", "caller", "media"))
                .allSatisfy(kind -> assertThat(metrics).contains("outcome=\"refused-" + kind + "\""));
    }

    @Test
    @Order(3)
    @Conformance("DR-55")
    void withoutReferInAllowTeamsUsesReplaces() {
        HOST.cfg("org.jackfield.sip-main").set("refer", "none");
        HOST.await(Duration.ofSeconds(30), "the trunk lists REFER no more", () -> {
            rig.tell("/sbc/options", "{}");
            JsonNode answer = rig.ask("/state").at("/sbc/options");
            return answer.path("status").asInt() == 200
                    && !answer.path("allow").asText().contains("REFER");
        });
        rig.awaitLinked();
        JsonNode run = play("S16", 30);
        assertThat(run.get("failed").asInt()).as(run.get("results").toString()).isZero();
        assertThat(run.get("results").toString()).contains("REFER not listed in Allow is answered 405");
    }

    /** Plays scenarios in the twin's process and waits until they are over. */
    private static JsonNode play(String only, int seconds) {
        String id = rig.tell("/scenarios", "{\"only\":\"" + only + "\",\"seed\":" + SEED + "}")
                .get("id")
                .asText();
        HOST.await(
                Duration.ofSeconds(seconds),
                "scenarios " + only + " over",
                () -> rig.ask("/scenarios/" + id).get("state").asText().equals("done"));
        JsonNode run = rig.ask("/scenarios/" + id);
        System.out.println("scenarios, seed " + SEED + ": " + run.get("total").asText());
        return run;
    }
}
