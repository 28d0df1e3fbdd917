package org.jackfield.twin;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Starts the twin, prints one JSON line with its ports when everything listens, and runs until it is told to end. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("twin: " + e.getMessage());
            System.exit(2);
            return;
        }
        try (Twin twin = new Twin(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(twin::close, "twin-end"));
            System.out.println(Json.text(ready(twin, options)));
            System.out.flush();
            if (options.untilEof()) {
                untilEof(System.in);
            } else {
                new CountDownLatch(1).await();
            }
        } catch (IOException e) {
            System.err.println("twin: " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private static Map<String, Object> ready(Twin twin, Options options) {
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("twin", "ready");
        ready.put("pid", ProcessHandle.current().pid());
        ready.putAll(twin.ports());
        ready.put("tenant", options.get("tenant"));
        ready.put("client", options.get("client"));
        if (options.path("secret-file") == null) {
            ready.put("secret", twin.clientSecret());
        }
        return ready;
    }

    private static void untilEof(InputStream in) throws IOException {
        byte[] buffer = new byte[256];
        while (in.read(buffer) >= 0) {
            // what is typed here is not for us
        }
    }
}
