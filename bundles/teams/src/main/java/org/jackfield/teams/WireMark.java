package org.jackfield.teams;

import com.microsoft.kiota.RequestOption;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Supplier;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Travels with one SDK request and keeps what was seen on the wire, also when the SDK cannot read the answer.
 * Written by the thread that sends, read by it afterwards.
 */
final class WireMark implements RequestOption {
    private @Nullable Instant sent;
    private int status;
    private boolean page;
    private @Nullable String retryAfter;
    private @Nullable String requestId;

    /** When the request went out; null when it did not. */
    @Nullable
    Instant sent() {
        return sent;
    }

    /** The HTTP status, 0 when there was no answer. */
    int status() {
        return status;
    }

    /** True when a web page came where Graph would have sent JSON, as sign-in portals and proxies do. */
    boolean page() {
        return page;
    }

    @Nullable
    String retryAfter() {
        return retryAfter;
    }

    /** Microsoft's name for the request, which their support asks for. */
    @Nullable
    String requestId() {
        return requestId;
    }

    @Override
    @SuppressWarnings("unchecked") // the interface promises any type that the caller likes; only this one makes sense
    public <T extends RequestOption> Class<T> getType() {
        return (Class<T>) WireMark.class;
    }

    /** Goes in as a network interceptor: it runs when the connection is there and the request is about to be written. */
    static final class Stamp implements Interceptor {
        private final Supplier<Instant> clock;

        Stamp(Supplier<Instant> clock) {
            this.clock = clock;
        }

        @Override
        public Response intercept(Chain chain) throws IOException {
            WireMark mark = chain.request().tag(WireMark.class);
            if (mark == null) {
                return chain.proceed(chain.request());
            }
            mark.sent = clock.get();
            Response response = chain.proceed(chain.request());
            mark.status = response.code();
            mark.retryAfter = response.header("Retry-After");
            mark.requestId = response.header("request-id");
            ResponseBody body = response.body();
            MediaType type = body == null ? null : body.contentType();
            mark.page = type != null && type.subtype().contains("html");
            return response;
        }
    }
}
