package org.jackfield.twin.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.HttpMethod;
import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IHttpResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinClock;
import org.jackfield.twin.TwinLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Entra's part, seen through the unmodified msal4j with a rewriting HTTP client. */
class EntraByMsalTest {
    private final Faults faults = new Faults();
    private final TwinLog log = new TwinLog();
    private TeamsTwin teams;

    @BeforeEach
    void start() throws IOException {
        teams = new TeamsTwin(
                0,
                new TeamsTwin.Registration("tenant-1", "app-1", "s3cret", Set.of("Presence.Read.All")),
                new TwinClock(),
                faults,
                log);
    }

    @AfterEach
    void stop() {
        teams.close();
    }

    @Test
    @Conformance("GR-32")
    void secondTokenComesFromTheCache() throws Exception {
        ConfidentialClientApplication app = app("s3cret");
        String first = acquire(app);
        assertThat(acquire(app)).isEqualTo(first);
        assertThat(log.after(0, 100, e -> e.what().startsWith("POST /tenant-1/oauth2")))
                .hasSize(1);
        assertThat(Entras.get(teams.port(), "/v1.0/users/nobody/presence", first)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void wrongSecretIsRefused() {
        assertThatThrownBy(() -> acquire(app("guess"))).hasMessageContaining("AADSTS7000215");
    }

    private String acquire(ConfidentialClientApplication app) throws Exception {
        return app.acquireToken(ClientCredentialParameters.builder(Set.of("https://graph.microsoft.com/.default"))
                        .build())
                .get()
                .accessToken();
    }

    private ConfidentialClientApplication app(String secret) throws Exception {
        return ConfidentialClientApplication.builder("app-1", ClientCredentialFactory.createFromSecret(secret))
                .authority("https://login.microsoftonline.com/tenant-1/")
                .httpClient(this::rewrite)
                .build();
    }

    private IHttpResponse rewrite(HttpRequest request) {
        URI uri = request.url().getPath() == null
                ? null
                : URI.create(request.url().toString());
        String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        var builder = java.net.http.HttpRequest.newBuilder(Entras.uri(teams.port(), path));
        request.headers().forEach(builder::header);
        if (request.httpMethod() == HttpMethod.POST) {
            builder.POST(java.net.http.HttpRequest.BodyPublishers.ofString(request.body()));
        }
        var answer = Entras.send(builder.build());
        HttpResponse response = new HttpResponse();
        response.statusCode(answer.statusCode());
        response.body(answer.body());
        response.addHeaders(java.util.Map.copyOf(answer.headers().map()));
        assertThat(List.of(200, 401)).contains(answer.statusCode());
        return response;
    }
}
