package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.graph.communications.getpresencesbyuserid.GetPresencesByUserIdPostRequestBody;
import com.microsoft.graph.core.content.BatchRequestContent;
import com.microsoft.graph.models.BodyType;
import com.microsoft.graph.models.ItemBody;
import com.microsoft.graph.models.PresenceStatusMessage;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import com.microsoft.graph.users.item.presence.clearpresence.ClearPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setpresence.SetPresencePostRequestBody;
import com.microsoft.graph.users.item.presence.setstatusmessage.SetStatusMessagePostRequestBody;
import com.microsoft.graph.users.item.presence.setuserpreferredpresence.SetUserPreferredPresencePostRequestBody;
import com.microsoft.kiota.PeriodAndDuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jackfield.testkit.Conformance;
import org.jackfield.testkit.TwinProcess;
import org.junit.jupiter.api.Test;

/**
 * Microsoft's own unmodified SDK against the twin as a process of its own. The calls are those of presence that the SDK
 * has: set, clear, prefer, prefer no more, status message, read by list, by user, by communications and as oneself, and a
 * batch.
 */
class SdkAgainstTwinProcessTest {
    private static final String ANNA = "00000000-0000-0000-0000-000000000001";

    @Test
    @Conformance({"GR-37", "GR-38"})
    void everyPresenceCallOfTheSdkWorksAgainstTheTwin() throws Exception {
        Path jar = Path.of("..", "twin", "target", "twin.jar");
        assumeTrue(Files.exists(jar) || System.getProperty("jackfield.twin") != null, "the twin is not packaged yet");
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "sdk");
        Path agents = Files.write(
                folder.resolve("agents.csv"),
                List.of(
                        "id,acd,device,groups,user,upn,number,endpoint",
                        "anna,main,4711,600," + ANNA + ",anna@demo.example,+4930555711,desk"));
        try (TwinProcess twin = TwinProcess.start("--agents", agents.toString(), "--options-seconds", "0")) {
            String token = twin.post(
                    "/teams/token",
                    "{\"user\":\"" + ANNA
                            + "\",\"scopes\":[\"Presence.Read\",\"Presence.Read.All\",\"Presence.ReadWrite\"]}");
            GraphServiceClient graph = client(twin, token.replaceAll(".*\"access_token\":\"([^\"]+)\".*", "$1"));
            writesAndReads(graph);
            batch(graph);
            long started = System.nanoTime();
            twin.post("/faults", "{\"name\":\"teams.429\",\"value\":2,\"times\":1}");
            graph.me().presence().get();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofSeconds(2));
            assertThat(twin.get("/log?side=teams")).contains("\"retry-attempt\":\"1\"");
        }
    }

    private static GraphServiceClient client(TwinProcess twin, String token) {
        var graph =
                new GraphServiceClient((request, context) -> request.headers.add("Authorization", "Bearer " + token));
        graph.getRequestAdapter().setBaseUrl("http://127.0.0.1:" + twin.port("graph") + "/v1.0");
        return graph;
    }

    private static void writesAndReads(GraphServiceClient graph) {
        var presence = graph.users().byUserId(ANNA).presence();
        var set = new SetPresencePostRequestBody();
        set.setSessionId("sdk");
        set.setAvailability("Busy");
        set.setActivity("InACall");
        set.setExpirationDuration(PeriodAndDuration.ofDuration(Duration.ofHours(1)));
        presence.setPresence().post(set);
        assertThat(presence.get().getActivity()).isEqualTo("InACall");

        var prefer = new SetUserPreferredPresencePostRequestBody();
        prefer.setAvailability("DoNotDisturb");
        prefer.setActivity("DoNotDisturb");
        presence.setUserPreferredPresence().post(prefer);
        assertThat(graph.me().presence().get().getAvailability()).isEqualTo("DoNotDisturb");
        presence.clearUserPreferredPresence().post();

        var content = new ItemBody();
        content.setContent("lunch");
        content.setContentType(BodyType.Text);
        var message = new PresenceStatusMessage();
        message.setMessage(content);
        var say = new SetStatusMessagePostRequestBody();
        say.setStatusMessage(message);
        presence.setStatusMessage().post(say);
        assertThat(graph.communications()
                        .presences()
                        .byPresenceId(ANNA)
                        .get()
                        .getStatusMessage()
                        .getMessage()
                        .getContent())
                .isEqualTo("lunch");

        var ids = new GetPresencesByUserIdPostRequestBody();
        ids.setIds(List.of(ANNA, "nobody"));
        assertThat(graph.communications().getPresencesByUserId().post(ids).getValue())
                .extracting(p -> p.getAvailability())
                .containsExactly("Busy", "PresenceUnknown");

        var clear = new ClearPresencePostRequestBody();
        clear.setSessionId("sdk");
        presence.clearPresence().post(clear);
        var again = new ClearPresencePostRequestBody();
        again.setSessionId("sdk");
        assertThatThrownBy(() -> presence.clearPresence().post(again))
                .satisfies(e ->
                        assertThat(((ODataError) e).getResponseStatusCode()).isEqualTo(404));
    }

    private static void batch(GraphServiceClient graph) throws Exception {
        var batch = new BatchRequestContent(graph);
        String id = batch.addBatchRequestStep(graph.me().presence().toGetRequestInformation());
        var answer = graph.getBatchRequestBuilder().post(batch, null);
        assertThat(answer.getResponseById(id).code()).isEqualTo(200);
    }
}
