package org.jackfield.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.RequiresPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An agent in a browser: signs in at the twin's Entra, sees both sides and changes the own state at the ACD. */
@RequiresPeer({"chromium", "chromedriver"})
class AgentPageIT {
    @RegisterExtension
    static final KarafDistribution HOST = KarafDistribution.named("agent-page").notStarted();

    @TempDir
    private Path profiles;

    @Test
    void anAgentSignsInSeesBothSidesAndGoesNotReadyAndReady() throws Exception {
        try (Rig rig = Rig.prepare(HOST, 2, 0)) {
            HOST.start();
            rig.awaitLinked();
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
            assertThat(rig.ledger().get("a4001")).isEqualTo("ready");
        }
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
