package org.jackfield.teams;

import com.microsoft.aad.msal4j.HttpMethod;
import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Sends MSAL's requests, to {@code login} whatever host they name: MSAL insists on an https authority.
 * Blocks, as MSAL's interface asks; whoever calls MSAL does so on a thread of the link and finds there what came back.
 */
final class EntraHttp implements IHttpClient {
    private final OkHttpClient http;
    private final HttpUrl login;
    private final ThreadLocal<Seen> seen = ThreadLocal.withInitial(() -> Seen.NOTHING);

    /**
     * What came back; MSAL's exceptions do not always say.
     *
     * @param status 0 when nothing came
     */
    record Seen(int status, @Nullable String retryAfter) {
        static final Seen NOTHING = new Seen(0, null);
    }

    EntraHttp(OkHttpClient http, URI login) {
        this.http = http;
        this.login = HttpUrl.get(login.toString());
    }

    @Override
    public IHttpResponse send(HttpRequest request) throws IOException {
        begin();
        try (Response response = http.newCall(translated(request)).execute()) {
            seen.set(new Seen(response.code(), response.header("Retry-After")));
            ResponseBody body = response.body();
            Map<String, List<String>> headers = new HashMap<>();
            for (String name : response.headers().names()) {
                headers.put(name, new ArrayList<>(response.headers(name)));
            }
            var answer = new HttpResponse().statusCode(response.code()).body(body == null ? "" : body.string());
            answer.addHeaders(headers);
            return answer;
        }
    }

    /** Reads {@code path} of Entra; {@link #seen} has the status. */
    String get(String path) throws IOException {
        begin();
        HttpUrl url = login.newBuilder().encodedPath(path).build();
        try (Response response =
                http.newCall(new Request.Builder().url(url).build()).execute()) {
            seen.set(new Seen(response.code(), response.header("Retry-After")));
            ResponseBody body = response.body();
            return body == null ? "" : body.string();
        }
    }

    /** Forgets what this thread saw last. */
    void begin() {
        seen.set(Seen.NOTHING);
    }

    /** The answer to this thread's last request. */
    Seen seen() {
        return seen.get();
    }

    private Request translated(HttpRequest request) {
        HttpUrl url = HttpUrl.get(request.url())
                .newBuilder()
                .scheme(login.scheme())
                .host(login.host())
                .port(login.port())
                .build();
        var builder = new Request.Builder().url(url);
        Map<String, String> headers = request.headers();
        if (headers != null) {
            headers.forEach(builder::header);
        }
        return builder.method(request.httpMethod().name(), body(request)).build();
    }

    private static @Nullable RequestBody body(HttpRequest request) {
        if (request.httpMethod() != HttpMethod.POST) {
            return null;
        }
        String body = request.body();
        return RequestBody.create((body == null ? "" : body).getBytes(java.nio.charset.StandardCharsets.UTF_8), null);
    }
}
