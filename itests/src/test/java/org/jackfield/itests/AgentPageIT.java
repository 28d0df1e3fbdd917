package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What people see of the Teams side: an agent in a browser, who signs in at the twin's Entra, and an operator's shell. */
@Tag("side-by-side")
class AgentPageIT {
    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("agent-page").notStarted();

    @TempDir
    private Path profiles;

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.prepare(HOST, 3, 0, "--options-seconds", "0");
        HOST.start();
        rig.awaitLinked();
    }

    @AfterAll
    static void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void theShellTellsWhatATenantHasConsentedToAndNothingSecret() throws Exception {
        String secret = Files.readString(
                        Path.of("target", "rigs", HOST.home().getFileName().toString(), "secret"))
                .strip();
        String onboarding = HOST.shell("teams:onboard demo");
        assertThat(onboarding)
                .contains("Presence.Read.All", "Presence.ReadWrite.All", "/v2.0/adminconsent?client_id=")
                .containsPattern("ok +Presence.ReadWrite.All")
                .doesNotContain("NO ");
        String said =
                onboarding + HOST.shell("teams:budget") + HOST.shell("teams:agent a4002") + HOST.shell("link:list");
        assertThat(said).contains("1050 allowed", "visible  nothing is wrong");
        assertThat(said + HOST.log()).doesNotContain(secret, "eyJ0eX");
    }

    @Test
    void afterTheKillSwitchWhatIsStillWantedShowsAgainWithoutAChange() {
        rig.closeTeamsClient(4001);
        rig.tell("/acd/agents/a4001/state", "{\"state\":\"notReady\",\"reason\":\"break\"}");
        HOST.await(
                Duration.ofSeconds(20),
                "Teams shows Away",
                () -> rig.teams(4001).equals("Away"));

        assertThat(HOST.shell("teams:killswitch on drill")).contains("nothing is written any more");
        HOST.await(
                Duration.ofSeconds(20), "it is withdrawn", () -> rig.teams(4001).equals("Offline"));
        assertThat(HOST.shell("teams:killswitch off over")).contains("written again");
        HOST.await(
                Duration.ofSeconds(20),
                "Teams shows Away again",
                () -> rig.teams(4001).equals("Away"));
        rig.awaitLinked();
    }

    @Test
    @RequiresPeer({"chromium", "chromedriver"})
    void anAgentSignsInSeesBothSidesAndGoesNotReadyAndReady() throws Exception {
        String page = "http://127.0.0.1:" + HOST.port(Port.HTTP) + "/agent";
        try (WebDriver browser = new WebDriver(profiles.resolve("one"))) {
            signIn(browser, page, "a4000@demo.example");
            shows(browser, "#message", "app role Agent is missing");

            rig.tell("/teams/users/" + Rig.user(4000) + "/roles", "{\"roles\":[\"Agent\"]}");
            signIn(browser, page, "a4000@demo.example");
            shows(browser, "#agent", "a4000");
            shows(browser, "#acd", "Ready");
            shows(browser, "#teams", "Available");

            browser.click("#reason option[value=break]");
            browser.click("#notReady");
            shows(browser, "#acd", "Not ready");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.ledger().get("a4000").equals("notready"));
            browser.click("#ready");
            shows(browser, "#acd", "Ready");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.ledger().get("a4000").equals("ready"));

            rig.tell(
                    "/teams/users/" + Rig.user(4000) + "/presence",
                    "{\"availability\":\"DoNotDisturb\",\"activity\":\"DoNotDisturb\"}");
            shows(browser, "#teams", "DoNotDisturb");
            shows(browser, "#acd", "Not ready");

            browser.click("#leave");
            shows(browser, "#sign-in-demo", "Sign in with Microsoft");
        }
        assertThat(rig.ledger().get("a4002")).isEqualTo("ready");
    }

    private static void signIn(WebDriver browser, String page, String name) throws Exception {
        browser.open(page);
        shows(browser, "#sign-in-demo", "Sign in with Microsoft");
        browser.click("#sign-in-demo");
        await().atMost(Duration.ofSeconds(20)).until(() -> browser.url().contains("/oauth2/v2.0/authorize"));
        browser.type("#login", name);
        browser.click("#next");
        await().atMost(Duration.ofSeconds(30)).until(() -> browser.url().startsWith(page));
    }

    private static void shows(WebDriver browser, String css, String text) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(browser.text(css)).contains(text));
    }
}
