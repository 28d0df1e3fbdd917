package org.jackfield.testkit.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Contestants in turns within the same minutes, the first of them the measure. Prints CPU-ms a call, latency and knee, and
 * keeps what it printed in a file. It judges nothing: that is the caller's. One thread.
 *
 * <p>On a machine that others use too, {@code -Djackfield.bench.patience=N} waits up to N seconds for quiet ones: a round
 * begins when the measure takes what it does on a quiet machine, and counts when it still does at the round's end. What the
 * others take has no say in that.
 */
public final class Contest implements AutoCloseable {
    private static final long TALK_MILLIS = 200;
    private static final int WARM_RATE = Integer.getInteger("jackfield.bench.warm.rate", 1_000);
    /** Cold code cannot take as much at once. */
    private static final int[] RAMP = {50, 100, 200, 400};

    private static final int RAMP_SECONDS = 8;
    /** Kamailio's CPU-ms a call on a quiet machine; beyond 1.4 times of it the machine is too noisy to tell anything. */
    private static final double NORM = 0.30;

    private static final double VOID = 1.4;
    /** How long all rounds together may wait for a quiet machine, in seconds. */
    private static final int PATIENCE = Integer.getInteger("jackfield.bench.patience", 0);
    /** From one look at a noisy machine to the next. */
    private static final int REST_SECONDS = 3;

    private static final int KNEE_STEP = 500;
    private static final int KNEE_LAST = 8_000;
    private static final double KNEE_P50_MICROS = 2_000;

    private final StringBuilder report = new StringBuilder();
    private final Path file;

    /** A contest whose report lies in {@code target/bench/NAME.txt} at its end. */
    public Contest(String name) {
        file = Path.of("target", "bench", name + ".txt");
    }

    /** A word for each of the parts of a bench that were asked for, in the order of the alphabet. */
    public static String named(String bench, Iterable<String> parts) {
        var sorted = new TreeSet<String>();
        parts.forEach(sorted::add);
        return bench + "-" + String.join("-", sorted);
    }

    /** Runs each at 1,000 calls a second ({@code jackfield.bench.warm.rate}), what needs to be compiled for so many seconds. */
    public void warm(List<Contestant> all, int seconds) throws IOException {
        for (Contestant one : all) {
            for (int rate : one.slow() ? RAMP : new int[0]) {
                one.load().run(rate, RAMP_SECONDS, TALK_MILLIS);
            }
            SipLoad.Result result = one.load().run(WARM_RATE, one.slow() ? seconds : 5, TALK_MILLIS);
            line("  warm %-18s %d calls, lost %d", one.name(), result.begun(), result.lost());
        }
    }

    /** Medians of one contestant's rounds: CPU-ms a call, of helpers beside it, and microseconds from INVITE to 180. */
    public record Medians(double cpu, double beside, double p50, double p99, int begun, int lost) {}

    /**
     * Rounds in which each has its turn, the measure at the beginning and at the end.
     *
     * @return by name, in the order given; {@code lost} and {@code begun} are sums
     */
    public Map<String, Medians> inTurns(List<Contestant> all, int rate, int seconds, int rounds)
            throws IOException, InterruptedException {
        line("rate %d cps, %d s a run, %d rounds in turns", rate, seconds, rounds);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        Contestant peer = all.get(0);
        List<Medians> measures = new ArrayList<>();
        Map<String, List<Medians>> runs = new LinkedHashMap<>();
        Medians before = whenQuiet(turn(peer, rate, seconds), peer, rate, seconds, end);
        while (measures.size() < rounds) {
            Map<String, Medians> round = new LinkedHashMap<>();
            for (Contestant one : all.subList(1, all.size())) {
                round.put(one.name(), turn(one, rate, seconds));
            }
            Medians after = turn(peer, rate, seconds);
            if (!noisy(after) || System.nanoTime() - end >= 0) {
                measures.add(before);
                round.forEach((name, run) ->
                        runs.computeIfAbsent(name, key -> new ArrayList<>()).add(run));
            } else {
                line("  the machine has become noisy: this round does not count");
            }
            before = measures.size() < rounds ? whenQuiet(after, peer, rate, seconds, end) : after;
        }
        measures.add(before);
        Medians measure = medians(measures);
        Map<String, Medians> medians = new LinkedHashMap<>(Map.of(peer.name(), measure));
        runs.forEach((name, figures) -> medians.put(name, medians(figures)));
        medians.forEach((name, one) -> line(
                "  median %-18s %.3f CPU-ms a call, %.2fx %s, beside it %.3f, p50 %.0f us, p99 %.0f us, lost %d of %d",
                name,
                one.cpu(),
                one.cpu() / measure.cpu(),
                peer.name(),
                one.beside(),
                one.p50(),
                one.p99(),
                one.lost(),
                one.begun()));
        if (noisy(measure)) {
            line("  VOID: the measure took %.3f CPU-ms a call (norm %.2f, at most %.1fx)", measure.cpu(), NORM, VOID);
        }
        return medians;
    }

    /** The measure's last turn, or later ones until the machine is quiet or the time for waiting is over. */
    private Medians whenQuiet(Medians last, Contestant peer, int rate, int seconds, long end)
            throws IOException, InterruptedException {
        Medians run = last;
        while (noisy(run) && System.nanoTime() - end < 0) {
            TimeUnit.SECONDS.sleep(REST_SECONDS);
            run = turn(peer, rate, seconds);
        }
        return run;
    }

    private static boolean noisy(Medians measure) {
        return measure.cpu() > VOID * NORM;
    }

    private Medians turn(Contestant one, int rate, int seconds) throws IOException {
        double before = one.cpuMillis();
        double helpers = one.besideMillis();
        SipLoad.Result result = one.load().run(rate, seconds, TALK_MILLIS);
        double each = (one.cpuMillis() - before) / result.begun();
        double beside = (one.besideMillis() - helpers) / result.begun();
        line(
                "  %-18s %.3f CPU-ms a call, beside it %.3f, lost %d of %d, INVITE to answer p50 %.0f p90 %.0f p99 %.0f max %.0f us",
                one.name(),
                each,
                beside,
                result.lost(),
                result.begun(),
                result.p50(),
                result.p90(),
                result.p99(),
                result.max());
        return new Medians(each, beside, result.p50(), result.p99(), result.begun(), result.lost());
    }

    private static Medians medians(List<Medians> runs) {
        return new Medians(
                median(runs.stream().mapToDouble(Medians::cpu).toArray()),
                median(runs.stream().mapToDouble(Medians::beside).toArray()),
                median(runs.stream().mapToDouble(Medians::p50).toArray()),
                median(runs.stream().mapToDouble(Medians::p99).toArray()),
                runs.stream().mapToInt(Medians::begun).sum(),
                runs.stream().mapToInt(Medians::lost).sum());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }

    /** How many calls a second one carries, in steps of 500 and 4 s: the last with nothing lost and p50 below 2 ms. */
    public int knee(Contestant one) throws IOException {
        int knee = 0;
        for (int rate = 2 * KNEE_STEP; rate <= KNEE_LAST; rate += KNEE_STEP) {
            SipLoad.Result result = one.load().run(rate, 4, TALK_MILLIS);
            line(
                    "  knee %-18s %d cps: lost %d, p50 %.0f us, p99 %.0f us",
                    one.name(), rate, result.lost(), result.p50(), result.p99());
            if (result.lost() > 0 || result.p50() > KNEE_P50_MICROS) {
                break;
            }
            knee = rate;
        }
        line(
                "knee %-18s %d cps (last step with nothing lost and p50 below 2 ms; generator on the same cores)",
                one.name(), knee);
        return knee;
    }

    /** Prints and keeps a line. */
    public void line(String format, Object... values) {
        String text = String.format(Locale.ROOT, format, values);
        System.out.println(text);
        report.append(text).append('\n');
    }

    /** Writes the report. */
    @Override
    public void close() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, report);
    }
}
