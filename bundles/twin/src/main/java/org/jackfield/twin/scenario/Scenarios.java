package org.jackfield.twin.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays the scenarios, all at the same time, because some wait for a minute. Thread-safe; a run that was started goes on by
 * itself and can be asked for.
 */
public final class Scenarios implements AutoCloseable {
    /** No scenario takes longer than this. */
    private static final long LONGEST_SECONDS = 120;

    private static final List<Scenario> ALL = List.of(
            new S03Forking(),
            new S04InstantAnswer(),
            new S05TakenBack(),
            new S06FromTeams(),
            new S07Forwarded(),
            new S08SlowAgent(),
            new S09SessionTimer(),
            new S10Hold(),
            new S11BlindRefer(),
            new S12ReferToNumber(),
            new S13ReferFails(),
            new S14Replaces(),
            new S15MusicOnHold(),
            new S16Allow(),
            new S17AckAndBye(),
            new S21Errors());

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "twin-scenario");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong lastRun = new AtomicLong();
    private final Map<String, Run> runs = new ConcurrentHashMap<>();

    /** One run under way or over. */
    private static final class Run {
        private volatile @Nullable List<Result> results;
    }

    /** Every scenario's id with what it is. */
    public static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        ALL.forEach(scenario -> titles.put(scenario.id(), scenario.title()));
        return titles;
    }

    /**
     * Plays; blocks until all are over.
     *
     * @param only the ids of scenarios, empty for all
     * @param told hears the results of each scenario, in order of their ids
     * @throws IllegalArgumentException when an id is unknown
     */
    public List<Result> play(Peers peers, Set<String> only, long seed, Consumer<List<Result>> told) {
        Map<Scenario, Future<List<Result>>> running = new LinkedHashMap<>();
        for (Scenario scenario : chosen(only)) {
            running.put(scenario, threads.submit(() -> {
                try (Stage stage = new Stage(scenario, peers, seed)) {
                    return stage.play();
                }
            }));
        }
        List<Result> all = new ArrayList<>();
        running.forEach((scenario, future) -> {
            List<Result> results = results(scenario, future);
            all.addAll(results);
            told.accept(results);
        });
        return all;
    }

    /** Plays without waiting; the id by which {@link #view} tells. */
    public String start(Peers peers, Set<String> only, long seed) {
        chosen(only);
        String id = "run-" + lastRun.incrementAndGet();
        Run run = new Run();
        runs.put(id, run);
        threads.execute(() -> run.results = play(peers, only, seed, results -> {}));
        return id;
    }

    /** How a run stands, null when there is none of this id. */
    public @Nullable Map<String, Object> view(String id) {
        Run run = runs.get(id);
        if (run == null) {
            return null;
        }
        List<Result> results = run.results;
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", id);
        view.put("state", results == null ? "running" : "done");
        if (results != null) {
            view.put("total", total(results));
            view.put("failed", results.stream().filter(Result::failed).count());
            view.put("results", results.stream().map(Result::view).toList());
        }
        return view;
    }

    /** One line about all of them. */
    public static String total(List<Result> results) {
        long failed = results.stream().filter(Result::failed).count();
        long later = results.stream()
                .filter(result -> result.verdict() == Result.Verdict.LATER)
                .count();
        return results.stream().map(Result::scenario).distinct().count() + " scenarios, " + results.size()
                + " assertions: " + (results.size() - failed - later) + " passed, " + failed + " failed, " + later
                + " later";
    }

    private static List<Scenario> chosen(Set<String> only) {
        Set<String> unknown = new TreeSet<>(only);
        unknown.removeAll(titles().keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("scenario: " + unknown + " (expected: of " + titles().keySet() + ")");
        }
        return ALL.stream()
                .filter(scenario -> only.isEmpty() || only.contains(scenario.id()))
                .toList();
    }

    private static List<Result> results(Scenario scenario, Future<List<Result>> future) {
        try {
            return future.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(scenario, "interrupted");
        } catch (ExecutionException e) {
            return failed(scenario, "broke off: " + e.getCause());
        } catch (TimeoutException e) {
            future.cancel(true);
            return failed(scenario, "not over after " + LONGEST_SECONDS + " s");
        }
    }

    private static List<Result> failed(Scenario scenario, String why) {
        return scenario.assertions().stream()
                .map(id -> new Result(scenario.id(), id, Result.Verdict.FAIL, why))
                .toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
