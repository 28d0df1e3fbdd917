package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.PresenceEvents;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.Status;
import org.jackfield.plugin.Teams;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.FakeEventBus;
import org.jackfield.testkit.graph.OpenApiSlice;
import org.jackfield.testkit.graph.PermissionTable;
import org.junit.jupiter.api.Test;

/** What the link sends and asks permission for, held against what Microsoft publishes; skipped without those files. */
class GraphSliceTest {
    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create();

    @Test
    @Conformance("GR-45")
    void everyRequestIsAsTheDescriptionOfGraphSays() throws Exception {
        OpenApiSlice slice = OpenApiSlice.given();
        assumeTrue(slice != null, "-D" + OpenApiSlice.PROPERTY + " names no file");
        Set<String> seen = new TreeSet<>();
        List<String> faults = new ArrayList<>();
        try (var server = new GraphServer();
                var budgets = new Budgets()) {
            exercise(server, budgets);
            for (GraphServer.Request request : server.to("/v1.0/")) {
                String path = request.path().substring("/v1.0".length());
                if (!path.equals("/$batch")) {
                    seen.add(request.method() + " " + path.replaceFirst("/users/[^/]+/", "/users/{id}/"));
                    faults.addAll(slice.request(request.method(), path, json(request.body())));
                }
            }
        }
        assertThat(faults).isEmpty();
        Set<String> all = new TreeSet<>();
        for (GraphUse use : GraphUse.values()) {
            all.add(use.method() + " " + use.path());
        }
        assertThat(seen).isEqualTo(all);
    }

    private static Object json(String body) {
        return body.isEmpty() ? null : GSON.fromJson(body, Object.class);
    }

    /** Has the link use every operation that it knows. */
    private static void exercise(GraphServer server, Budgets budgets) throws Exception {
        var directory = new FakeDirectory().with("anna", Bench.ANNA).with("ben", Bench.BEN);
        Map<String, Object> properties = Map.of(
                "service.pid", "org.jackfield.teams~main",
                "tenant", "demo",
                "directoryId", "22222222-0000-4000-8000-000000000000",
                "clientId", "33333333-0000-4000-8000-000000000000",
                "secretEnv", "S",
                "graphUrl", server.url(),
                "loginUrl", server.url());
        var read = SettingsReader.read(properties, name -> "s3cret", Path.of("."));
        try (var link = new TeamsLink(read, new FakeEventBus(), directory, new SimpleMeterRegistry(), budgets)) {
            await().until(() -> link.status().state() == Status.State.UP);
            for (SessionPair pair : SessionPair.values()) {
                run(link, Teams.PRESENCE, Bench.want(pair));
            }
            run(
                    link,
                    Teams.PRESENCE,
                    new PresenceEvents.Intent(
                            "anna", Bench.ANNA, "Away", "Away", Duration.ofHours(4), "test", "BeRightBack", "lunch"));
            run(link, Teams.PRESENCE, Bench.clear());
            run(link, Teams.ONBOARD, new Teams.AskOnboarding());
        }
    }

    private static <Q, A> void run(TeamsLink link, org.jackfield.plugin.Operation<Q, A> operation, Q argument)
            throws Exception {
        link.execute(new Command<>(operation, argument, null, Duration.ofSeconds(20)))
                .toCompletableFuture()
                .get(25, TimeUnit.SECONDS);
    }

    @Test
    @Conformance("GR-46")
    void permissionsAreTheLeastThatMicrosoftNamesForWhatIsUsed() {
        PermissionTable table = PermissionTable.given();
        assumeTrue(table != null, "-D" + PermissionTable.PROPERTY + " names no file");
        for (Mode mode : Mode.values()) {
            Set<String> least = new TreeSet<>();
            for (GraphUse use : GraphUse.of(mode)) {
                Set<String> one = table.least(use.method(), use.path(), "Application");
                assertThat(one).as(use.toString()).containsExactly(use.permission());
                least.addAll(one);
            }
            assertThat(GraphUse.permissions(GraphUse.of(mode))).isEqualTo(least);
        }
    }
}
