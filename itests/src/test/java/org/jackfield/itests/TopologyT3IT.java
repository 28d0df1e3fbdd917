package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jackfield.testkit.KarafDistribution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** T3: CTI and presence without SIP; the first pilot of most contact centres. */
@Tag("side-by-side")
class TopologyT3IT {
    @RegisterExtension
    static final KarafDistribution HOST =
            KarafDistribution.named("t3").without("jackfield-sip-trunk").notStarted();

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.prepare(HOST, 3, 0, "--options-seconds", "0");
        HOST.start();
        HOST.await(Duration.ofSeconds(60), "both links up", () -> {
            String page = HOST.get("/api/overview").body();
            return page.split("\"state\":\"UP\"", -1).length > 2;
        });
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void sipIsNotInstalledAndNothingListensBeyondTheLoopback() throws Exception {
        assertThat(HOST.shell("bundle:list")).doesNotContain("sip-trunk");
        assertThat(Listening.addresses(HOST.handle())).isNotEmpty().allMatch(Listening::isLoopback);
    }

    @Test
    void aBreakAtTheAcdShowsAwayInTeamsAndEndsWithIt() {
        // a desk agent: no Teams client is open, so nothing outranks the host's session
        rig.closeTeamsClient(4000);
        rig.tell("/acd/agents/a4000/state", "{\"state\":\"notReady\"}");
        awaitTeams(4000, "Away");
        rig.tell("/acd/agents/a4000/state", "{\"state\":\"ready\"}");
        HOST.await(
                Duration.ofSeconds(15),
                "the host holds no session any more",
                () -> presence(4000).contains("Offline") || presence(4000).contains("Available"));
    }

    @Test
    void doNotDisturbInTeamsMakesTheAgentNotReadyAndReadyComesBack() {
        rig.tell(
                "/teams/users/" + Rig.user(4001) + "/presence",
                "{\"availability\":\"DoNotDisturb\",\"activity\":\"DoNotDisturb\"}");
        HOST.await(
                Duration.ofSeconds(15),
                "agent not ready",
                () -> rig.ledger().get("a4001").equals("notready"));
        rig.tell(
                "/teams/users/" + Rig.user(4001) + "/presence",
                "{\"availability\":\"Available\",\"activity\":\"Available\"}");
        HOST.await(
                Duration.ofSeconds(15),
                "agent ready again",
                () -> rig.ledger().get("a4001").equals("ready"));
    }

    @Test
    void routeRequestsAreAnswered() {
        HOST.await(Duration.ofSeconds(30), "an agent is known as ready and available", () -> {
            String page = HOST.get("/api/overview").body();
            return page.contains("\"READY\"") && page.contains("\"Available\"");
        });
        rig.tell("/acd/routes", "{\"pilot\":\"600\",\"from\":\"+49301234\"}");
        try (BusReader bus = rig.bus()) {
            HOST.await(
                    Duration.ofSeconds(15),
                    "a route selected for an agent",
                    () -> !bus.all(e ->
                                    e.is("route.selected") && e.text("agent").startsWith("a400"))
                            .isEmpty());
        }
    }

    private static void awaitTeams(int user, String availability) {
        HOST.await(
                Duration.ofSeconds(15),
                "Teams shows " + availability,
                () -> presence(user).equals(availability));
    }

    private static String presence(int user) {
        return rig.teams(user);
    }
}
