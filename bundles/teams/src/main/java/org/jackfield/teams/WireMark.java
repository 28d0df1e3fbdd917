package org.jackfield.teams;

import com.microsoft.kiota.RequestOption;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Supplier;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Travels with one SDK request and keeps what was seen on the wire, also when the SDK cannot read the answer.
 * Written by the thread that sends, read by it afterwards.
 */
final class WireMark implements RequestOption {
    private final boolean empty;
    private @Nullable Instant sent;
    private int status;
    private boolean odd;
    private @Nullable String retryAfter;
    private @Nullable String requestId;

    /** @param empty true when Graph answers with nothing, and so the SDK would not look */
    WireMark(boolean empty) {
        this.empty = empty;
    }

    /** When the request went out; null when it did not. */
    @Nullable
    Instant sent() {
        return sent;
    }

    /** The HTTP status, 0 when there was no answer. */
    int status() {
        return status;
    }

    /** True when a success came with something that Graph does not send: a web page of a portal, half an answer. */
    boolean odd() {
        return odd;
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
            return response;
        }
    }

    /** Goes in as an application interceptor: looks at the body of a success that the SDK would not read. */
    static final class Look implements Interceptor {
        private static final long ENOUGH = 16 * 1024;

        @Override
        public Response intercept(Chain chain) throws IOException {
            Response response = chain.proceed(chain.request());
            WireMark mark = chain.request().tag(WireMark.class);
            if (mark != null && mark.empty && response.isSuccessful()) {
                String body = response.peekBody(ENOUGH).string().strip();
                mark.odd = !body.isEmpty() && !(body.startsWith("{") && body.endsWith("}"));
            }
            return response;
        }
    }
}
