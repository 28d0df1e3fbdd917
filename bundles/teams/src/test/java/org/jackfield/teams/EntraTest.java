package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.SignIn;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.teams.TeamsTwin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the link proves itself and finds out who somebody is, against the twin's Entra. */
class EntraTest {
    private static final String DIRECTORY = "22222222-0000-4000-8000-000000000000";
    private static final String CLIENT = "33333333-0000-4000-8000-000000000000";
    private static final String USER = "11111111-0000-4000-8000-000000000001";
    private static final URI BACK = URI.create("http://127.0.0.1:8181/agent/back");

    @TempDir
    private Path folder;

    private final Faults faults = new Faults();
    private final TwinLog log = new TwinLog();
    private final FakeDirectory directory = new FakeDirectory().with("anna", USER);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Budgets budgets = new Budgets();
    private TeamsTwin twin;

    @BeforeEach
    void start() throws Exception {
        twin = new TeamsTwin(
                0,
                new TeamsTwin.Registration(
                        DIRECTORY, CLIENT, "s3cret", Set.of("Presence.Read.All", "Presence.ReadWrite.All")),
                new TwinClock(),
                faults,
                log);
        twin.presence().addUser(USER, "anna@example.org");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        twin.close();
        budgets.close();
    }

    private TeamsLink link(Map<String, String> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "service.pid",
                "org.jackfield.teams~main",
                "tenant",
                "demo",
                "directoryId",
                DIRECTORY,
                "clientId",
                CLIENT,
                "graphUrl",
                "http://127.0.0.1:" + twin.port(),
                "loginUrl",
                "http://127.0.0.1:" + twin.port()));
        properties.putAll(more);
        var read = SettingsReader.read(properties, name -> "s3cret", folder);
        assertThat(read.faults()).isEmpty();
        var link = new TeamsLink(read, new FakeEventBus(), directory, new SimpleMeterRegistry(), budgets);
        open.add(link);
        return link;
    }

    private TeamsLink up(Map<String, String> more) {
        TeamsLink link = link(more);
        await().until(() -> link.status().state() == Status.State.UP);
        return link;
    }

    private long tokenRequests() {
        return log.after(0, 1_000, e -> e.what().contains("/oauth2/v2.0/token")).size();
    }

    @Test
    @Conformance("GR-34")
    void aCertificateInPemProvesTheApplication() throws Exception {
        var own = new TestCertificate(folder, "own");
        twin.addCertificate(own.certificate);

        up(Map.of("certificateFile", "own.pem"));

        assertThat(tokenRequests()).isEqualTo(1);
    }

    @Test
    @Conformance("GR-34")
    void aCertificateInPkcs12ProvesTheApplication() throws Exception {
        var own = new TestCertificate(folder, "own");
        Files.writeString(folder.resolve("pass"), own.password + "\n");
        twin.addCertificate(own.certificate);

        up(Map.of("certificateFile", "own.p12", "certificatePasswordFile", "pass"));
    }

    @Test
    @Conformance("GR-34")
    void aCertificateThatNobodyRegisteredIsRefused() throws Exception {
        new TestCertificate(folder, "own");
        twin.addCertificate(new TestCertificate(folder, "other").certificate);

        TeamsLink link = link(Map.of("certificateFile", "own.pem"));

        await().until(() -> link.status().state() == Status.State.DOWN);
        assertThat(link.status().detail()).isEqualTo(Status.Detail.AUTHENTICATION);
        assertThat(link.status().sentence()).contains("AADSTS700027");
    }

    @Test
    void filesThatAreNoCertificateAreNamedWithWhatWasExpected() throws Exception {
        var own = new TestCertificate(folder, "own");
        var other = new TestCertificate(folder, "other");
        Files.writeString(folder.resolve("keyless.pem"), TestCertificate.block("CERTIFICATE", "AAAA"));
        Files.writeString(
                folder.resolve("mixed.pem"),
                TestCertificate.block("PRIVATE KEY", other.key)
                        + Files.readString(own.pem).replaceAll("(?s).*-----END PRIVATE KEY-----\n", ""));

        assertThat(fault("keyless.pem")).contains("unencrypted PKCS#8");
        assertThat(fault("mixed.pem")).contains("its own certificate");
        assertThat(fault("own.p12")).contains("certificatePasswordFile");
        assertThat(fault("nothing.pem")).contains("a readable file");
        assertThat(fault("keyless.pem")).doesNotContain("AAAA");
    }

    private String fault(String file) {
        Map<String, Object> properties = Map.of(
                "service.pid", "org.jackfield.teams~main",
                "tenant", "demo",
                "directoryId", DIRECTORY,
                "clientId", CLIENT,
                "certificateFile", file);
        return String.join(
                ";", SettingsReader.read(properties, name -> null, folder).faults());
    }

    @Test
    @Conformance("GR-35")
    void aDirectoryOfAnotherIssuerIsRefusedAtStart() {
        faults.set("entra.foreign-issuer", true, 0, 0);

        TeamsLink link = link(Map.of("secretEnv", "S"));

        await().until(() -> link.status().state() == Status.State.DOWN);
        assertThat(link.status().sentence())
                .contains("issuer: https://sts.example.org/" + DIRECTORY + "/v2.0")
                .contains("expected: https://login.microsoftonline.com/" + DIRECTORY + "/v2.0");
        assertThat(tokenRequests()).isZero();
    }

    @Test
    void tokensOutliveARestartInAFileThatOnlyTheKeyOpens() throws Exception {
        Map<String, String> kept = Map.of("secretEnv", "S", "tokenFile", "tokens", "tokenKeyFile", "key");
        up(kept).close();
        assertThat(tokenRequests()).isEqualTo(1);
        byte[] sealed = Files.readAllBytes(folder.resolve("tokens"));
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("eyJ", "AccessToken", CLIENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key"))))
                .isEqualTo("rw-------");

        up(kept).close();
        assertThat(tokenRequests()).isEqualTo(1);

        Files.write(folder.resolve("key"), new byte[32]);
        up(kept);
        assertThat(tokenRequests()).isEqualTo(2);
    }

    @Test
    void somebodySignsInAndIsWhoEntraSays() throws Exception {
        twin.assign(USER, Set.of("Agent"));
        TeamsLink link = up(Map.of("secretEnv", "S"));

        SignIn.Attempt attempt = link.begin(BACK);
        SignIn.Person person =
                link.finish(attempt, code(attempt)).toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(person).isEqualTo(new SignIn.Person("demo", USER, "anna@example.org", Set.of("Agent")));
    }

    @Test
    void aCodeIsGoodForOneAttemptOnly() throws Exception {
        TeamsLink link = up(Map.of("secretEnv", "S"));
        SignIn.Attempt mine = link.begin(BACK);
        SignIn.Attempt other = link.begin(BACK);
        String stolen = code(mine);

        assertThatThrownBy(
                        () -> link.finish(other, stolen).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CommandException.class)
                .hasMessageContaining("AADSTS501481");
        assertThatThrownBy(() -> link.finish(mine, stolen).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasMessageContaining("AADSTS54005");
    }

    @Test
    void aTokenForThisApplicationIsExchangedOnBehalfOfItsUser() throws Exception {
        twin.assign(USER, Set.of("Agent"));
        TeamsLink link = up(Map.of("secretEnv", "S"));

        SignIn.Person person =
                link.byToken(twin.tokenForApp(USER)).toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertThat(person.user()).isEqualTo(USER);
        assertThatThrownBy(() -> link.byToken(twin.delegatedToken(USER, Set.of("User.Read")))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .hasMessageContaining("AADSTS500131");
    }

    /** What a browser does on Entra's page. */
    private static String code(SignIn.Attempt attempt) throws Exception {
        HttpClient browser = HttpClient.newHttpClient();
        HttpResponse<String> page =
                browser.send(HttpRequest.newBuilder(attempt.address()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        StringBuilder form = new StringBuilder("login=anna%40example.org");
        Matcher hidden =
                Pattern.compile("name=\"([a-z_]+)\" value=\"([^\"]*)\"").matcher(page.body());
        while (hidden.find()) {
            if (!hidden.group(1).equals("login")) {
                String value = hidden.group(2).replace("&amp;", "&");
                form.append('&')
                        .append(hidden.group(1))
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        HttpResponse<String> sent = browser.send(
                HttpRequest.newBuilder(attempt.address().resolve("/" + DIRECTORY + "/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Matcher back = Pattern.compile("code=([^&]+)&state=(.+)")
                .matcher(sent.headers().firstValue("Location").orElseThrow());
        assertThat(back.find()).isTrue();
        assertThat(back.group(2)).isEqualTo(attempt.state());
        return java.net.URLDecoder.decode(back.group(1), StandardCharsets.UTF_8);
    }

    @Test
    void onboardingNamesWhatIsMissingWhatIsTooMuchAndWhoIsUnknown() throws Exception {
        twin.consent(Set.of("Presence.Read.All", "User.Read.All"));
        directory.with("zoe", "11111111-0000-4000-8000-00000000dead");
        TeamsLink link = up(Map.of("secretEnv", "S"));

        Teams.Onboarding found = link.execute(new org.jackfield.plugin.Command<>(
                        Teams.ONBOARD, new Teams.AskOnboarding(), null, Duration.ofSeconds(30)))
                .toCompletableFuture()
                .get(40, TimeUnit.SECONDS);

        assertThat(found.checked())
                .anyMatch(p -> p.name().equals("Presence.Read.All") && p.granted())
                .anyMatch(p -> p.name().equals("Presence.ReadWrite.All")
                        && !p.granted()
                        && p.sentence().contains("consent link"));
        assertThat(found.remarks())
                .anyMatch(r -> r.contains("User.Read.All is granted and not needed"))
                .anyMatch(r -> r.contains("00000000dead") && r.contains("not in the directory"));
    }

    @Test
    void onboardingFindsOneUserOfTwoAgentsInAnotherSpellingAndNamesTheAgentsOfUnknownOnes() throws Exception {
        String upper = "{" + USER.toUpperCase(java.util.Locale.ROOT) + "}";
        directory
                .with("anna", USER, "anna@example.org")
                .with("berta", upper)
                .with("carla", "carla@example.org")
                .with("doris", "11111111-0000-4000-8000-00000000dead", "ANNA@example.org");
        TeamsLink link = up(Map.of("secretEnv", "S"));

        Teams.Onboarding found = link.execute(new org.jackfield.plugin.Command<>(
                        Teams.ONBOARD, new Teams.AskOnboarding(), null, Duration.ofSeconds(30)))
                .toCompletableFuture()
                .get(40, TimeUnit.SECONDS);

        assertThat(found.checked()).hasSize(2).allMatch(Teams.Permission::granted);
        assertThat(found.remarks())
                .containsExactlyInAnyOrder(
                        "user " + USER + " stands in the agent dictionary for agents anna, berta, written " + USER
                                + " and " + upper + " (expected: one agent each)",
                        "user " + upper + " of agents anna, berta is not written as Graph takes it (expected: " + USER
                                + ")",
                        "user carla@example.org of agent carla is no object id (expected: the user's object id as Entra"
                                + " shows it, 8-4-4-4-12 hexadecimal digits)",
                        "sign-in name anna@example.org stands in the agent dictionary for agents anna, doris"
                                + " (expected: one agent each)",
                        "user 11111111-0000-4000-8000-00000000dead of agent doris is not in the directory (expected: a"
                                + " user of this tenant; deleted, or of another tenant?)",
                        "user carla@example.org of agent carla is not in the directory (expected: a user of this"
                                + " tenant; deleted, or of another tenant?)");
    }

    @Test
    void nothingSecretIsLoggedToldOrPublished() throws Exception {
        PrintStream err = System.err;
        var caught = new ByteArrayOutputStream();
        var own = new TestCertificate(folder, "own");
        Files.writeString(folder.resolve("pass"), own.password);
        twin.addCertificate(own.certificate);
        twin.assign(USER, Set.of("Agent"));
        var bus = new FakeEventBus();
        List<String> told = new ArrayList<>();
        System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
        try {
            faults.set("entra.503", true, 0, 1);
            faults.set("teams.503", true, 0, 1);
            faults.set("teams.rubbish", true, 0, 1);
            var properties = new HashMap<String, Object>(Map.of(
                    "service.pid", "org.jackfield.teams~main",
                    "tenant", "demo",
                    "directoryId", DIRECTORY,
                    "clientId", CLIENT,
                    "certificateFile", "own.p12",
                    "certificatePasswordFile", "pass",
                    "tokenFile", "tokens",
                    "tokenKeyFile", "key",
                    "graphUrl", "http://127.0.0.1:" + twin.port(),
                    "loginUrl", "http://127.0.0.1:" + twin.port()));
            var read = SettingsReader.read(properties, name -> null, folder);
            told.add(String.valueOf(read));
            var link = new TeamsLink(read, bus, directory, new SimpleMeterRegistry(), budgets);
            open.add(link);
            await().until(() -> link.status().state() == Status.State.UP);
            SignIn.Attempt attempt = link.begin(BACK);
            told.add(attempt.toString());
            String code = code(attempt);
            told.add(String.valueOf(
                    link.finish(attempt, code).toCompletableFuture().get(20, TimeUnit.SECONDS)));
            assertThatThrownBy(() ->
                            link.finish(attempt, code).toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .satisfies(e -> told.add(e.toString()));
            for (var operation : List.of(Teams.ONBOARD, Teams.BUDGET)) {
                told.add(answer(link, operation));
            }
            told.add(String.valueOf(link.execute(new org.jackfield.plugin.Command<>(
                            Teams.DIAGNOSE, new Teams.Diagnose("anna"), null, Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS)));
            told.add(String.valueOf(link.status()));
            link.close();
            String everything = caught.toString(StandardCharsets.UTF_8) + told + bus.events();
            String keyLine = own.key.lines().skip(3).findFirst().orElseThrow();
            assertThat(everything)
                    .contains("Entra gave no token")
                    .doesNotContain(own.password, keyLine, "eyJ", code, attempt.verifier(), "1.A");
        } finally {
            System.setErr(err);
            err.print(caught.toString(StandardCharsets.UTF_8));
        }
    }

    private static <Q, A> String answer(TeamsLink link, org.jackfield.plugin.Operation<Q, A> operation)
            throws Exception {
        Q argument = operation.argument().getDeclaredConstructor().newInstance();
        return String.valueOf(
                link.execute(new org.jackfield.plugin.Command<>(operation, argument, null, Duration.ofSeconds(20)))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS));
    }
}
