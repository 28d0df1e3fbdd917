package org.jackfield.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A process that never outlives the tests.
 *
 * <p>A second, tiny process waits at a pipe from this JVM: when the JVM ends in whatever way, killed too, the pipe
 * closes and the guard kills the process. An orderly end tells the guard to go.
 */
final class GuardedProcess implements AutoCloseable {
    private static final String GUARD = "read word; [ \"$word\" = done ] || kill -9 \"$0\" 2>/dev/null";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Process guard;

    private GuardedProcess(Process process, Process guard) {
        this.process = process;
        this.guard = guard;
    }

    static GuardedProcess start(ProcessBuilder builder) {
        try {
            var process = builder.start();
            var guard = new ProcessBuilder("sh", "-c", GUARD, Long.toString(process.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new GuardedProcess(process, guard);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process process() {
        return process;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM and, after 30 s, SIGKILL. Returns when the process has ended. */
    void stop() {
        process.destroy();
        if (!ended(PATIENCE)) {
            process.destroyForcibly();
        }
        close();
    }

    /** SIGKILL. Returns when the process has ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        ended(PATIENCE);
        dismissGuard();
    }

    boolean ended(Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void dismissGuard() {
        try (var pipe = guard.outputWriter()) {
            pipe.write("done\n");
        } catch (IOException e) {
            // it has gone already
        }
        try {
            guard.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
