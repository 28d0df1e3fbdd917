package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graph's answers as they come: whole, with members that nobody knows yet, cut off, or not Graph's at all. */
class GraphAnswerTest {
    @Test
    void presencesAreReadAndWhatIsNotKnownIsPassedOver() throws IOException {
        String text = "{\"@odata.context\":\"x\",\"value\":["
                + "{\"id\":\"u1\",\"availability\":\"Busy\",\"activity\":\"InACall\",\"sequenceNumber\":\"A1\","
                + "\"workLocation\":{\"place\":[1,2,{\"a\":null}]},\"statusMessage\":null},"
                + "null,{\"availability\":\"Away\"},{\"id\":\"u2\",\"availability\":null}],\"@odata.nextLink\":null}";

        assertThat(GraphAnswer.presences(new StringReader(text)))
                .containsExactly(
                        new PresenceApi.Seen("u1", "Busy", "InACall", "A1"),
                        new PresenceApi.Seen("u2", "PresenceUnknown", "PresenceUnknown", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html>sign in to the portal</html>",
                "{}",
                "{\"value\":null}",
                "{\"value\":{\"id\":\"u1\"}}",
                "{\"value\":[{\"id\":\"u1\",\"availability\":\"Busy\"}",
                "{\"value\":[{\"id\":\"u1\"}]} and more",
                "{\"value\":[{\"id\":\"u1\""
            })
    void whatIsNoCollectionIsRefused(String text) {
        assertThatThrownBy(() -> GraphAnswer.presences(new StringReader(text))).isInstanceOf(IOException.class);
    }

    @Test
    void eachItemOfABatchHasItsOwnResult() throws IOException {
        String text = "{\"responses\":["
                + "{\"id\":\"1\",\"status\":429,\"headers\":{\"retry-after\":\"7\",\"Request-Id\":\"r1\"},"
                + "\"body\":{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"slow down\",\"innerError\":{}}}},"
                + "{\"id\":\"0\",\"status\":200,\"headers\":{},\"body\":null},"
                + "{\"status\":200},{\"id\":\"2\",\"status\":502,\"body\":\"gateway\"}]}";

        assertThat(GraphAnswer.batch(new StringReader(text)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "0", new GraphAnswer.Result(200, "http", "no reason given", null, null),
                        "1", new GraphAnswer.Result(429, "TooManyRequests", "slow down", "7", "r1"),
                        "2", new GraphAnswer.Result(502, "http", "no reason given", null, null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{\"responses\":[{\"id\":\"0\",\"status\":\"fine\"}]}", "{\"responses\":[{\"id\":\"0\"", "{}"
            })
    void whatIsNoBatchAnswerIsRefused(String text) {
        assertThatThrownBy(() -> GraphAnswer.batch(new StringReader(text))).isInstanceOf(IOException.class);
    }

    @Test
    void anErrorIsNamedWithItsWaitingTime() {
        GraphAnswer.Result result = GraphAnswer.failed(
                response(503, "{\"error\":{\"code\":\"serviceNotAvailable\",\"message\":\"later\"}}"));

        assertThat(result).isEqualTo(new GraphAnswer.Result(503, "serviceNotAvailable", "later", "3", "r9"));
    }

    @Test
    void anErrorPageOfSomebodyElseKeepsStatusAndWaitingTime() {
        GraphAnswer.Result result = GraphAnswer.failed(response(502, "<html>Bad Gateway</html>"));

        assertThat(result.status()).isEqualTo(502);
        assertThat(result.code()).isEqualTo("http");
        assertThat(result.message()).startsWith("no reason given");
        assertThat(result.retryAfter()).isEqualTo("3");
    }

    private static Response response(int status, String body) {
        return new Response.Builder()
                .request(new Request.Builder().url("http://127.0.0.1/").build())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("said")
                .header("Retry-After", "3")
                .header("request-id", "r9")
                .body(ResponseBody.create(body, MediaType.get("application/json")))
                .build();
    }
}
