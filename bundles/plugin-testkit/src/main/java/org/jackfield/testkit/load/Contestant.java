package org.jackfield.testkit.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that carries load, and the load. Safe for any thread but for the load itself.
 *
 * @param workers whether its child processes are a part of it, or helpers beside it
 * @param slow whether it needs to be warmed up (code that is compiled as it runs)
 */
public record Contestant(String name, ProcessHandle process, boolean workers, boolean slow, SipLoad load)
        implements AutoCloseable {
    private static final double TICK_MILLIS = 10; // USER_HZ is 100

    /** Something compiled ahead, whose child processes are its own workers. */
    public static Contestant forked(String name, ProcessHandle process, SipLoad load) {
        return new Contestant(name, process, true, false, load);
    }

    /** A JVM; a child process is a helper beside it, the broker. */
    public static Contestant java(String name, ProcessHandle process, SipLoad load) {
        return new Contestant(name, process, false, true, load);
    }

    /** User and system time of the process itself (proc(5), stat 14 and 15), with its workers; in milliseconds. */
    public double cpuMillis() {
        return cpuMillis(process) + (workers ? children() : 0);
    }

    /** The same of the helpers beside it. */
    public double besideMillis() {
        return workers ? 0 : children();
    }

    private double children() {
        List<ProcessHandle> all = process.descendants().toList();
        return all.stream().mapToDouble(Contestant::cpuMillis).sum();
    }

    /** User and system time of one process. */
    public static double cpuMillis(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(words[11]) + Long.parseLong(words[12])) * TICK_MILLIS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        load.close();
    }
}
