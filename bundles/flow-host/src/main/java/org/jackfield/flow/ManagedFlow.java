package org.jackfield.flow;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jackfield.plugin.Flows;
import org.jackfield.plugin.Flows.Outcome;
import org.jackfield.plugin.Flows.Refusal;
import org.jackfield.plugin.Flows.State;
import org.jackfield.plugin.Flows.Version;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one flow: its intake, the version that runs, the newest file, what was tried before.
 * Changed by the manager's thread, but for {@link #hold}; read by any thread.
 */
final class ManagedFlow {
    private static final int KEPT_VERSIONS = 50;

    private final String name;
    private final Clock clock;
    private final Intake intake;
    private final OfferIntake offers;
    private final FlowMeters meters;
    private final Deque<Version> history = new ArrayDeque<>();
    private @Nullable Source newest;
    private @Nullable Source good;
    private @Nullable Plan plan;
    private @Nullable Refusal refusal;
    private @Nullable String refusedHash;
    private State state = State.REFUSED;
    private String sentence = "not looked at yet";
    private Instant since;
    private int lastNumber;
    private int number;

    ManagedFlow(String name, Intake intake, OfferIntake offers, FlowMeters meters, Clock clock) {
        this.name = name;
        this.intake = intake;
        this.offers = offers;
        this.meters = meters;
        this.clock = clock;
        this.since = clock.instant();
    }

    String name() {
        return name;
    }

    Intake intake() {
        return intake;
    }

    OfferIntake offers() {
        return offers;
    }

    FlowMeters meters() {
        return meters;
    }

    /** The file as it was last seen. */
    synchronized @Nullable Source newest() {
        return newest;
    }

    /** The last file that was good; it runs or waits. */
    synchronized @Nullable Source good() {
        return good;
    }

    /** What {@link #good} needs. */
    synchronized @Nullable Plan plan() {
        return plan;
    }

    synchronized @Nullable Refusal refusal() {
        return refusal;
    }

    synchronized State state() {
        return state;
    }

    synchronized int nextNumber() {
        return ++lastNumber;
    }

    /** A file was seen, whatever comes of it. */
    synchronized void seen(Source source) {
        newest = source;
    }

    synchronized void live(FlowVersion version) {
        replaceLive(Outcome.REPLACED);
        accept(version.source(), version.plan());
        number = version.number();
        remember(new Version(number, version.source().hash(), clock.instant(), Outcome.LIVE, null));
        become(State.RUNNING, "version " + number + " runs");
    }

    synchronized void waiting(Source source, Plan needed, String waitsFor) {
        replaceLive(Outcome.PAUSED);
        accept(source, needed);
        become(State.WAITING, "waits for " + waitsFor);
    }

    private void accept(Source source, Plan needed) {
        good = source;
        plan = needed;
        if (source.equals(newest)) {
            refusal = null;
        }
    }

    /** True when this was not known yet. */
    synchronized boolean refused(Source source, Refusal why) {
        if (why.equals(refusal) && source.hash().equals(refusedHash)) {
            return false;
        }
        refusal = why;
        refusedHash = source.hash();
        remember(new Version(++lastNumber, source.hash(), clock.instant(), Outcome.REFUSED, why));
        if (state == State.REFUSED) {
            become(State.REFUSED, why.reason());
        }
        return true;
    }

    /**
     * Stops feeding the running version now, on any thread, because something that it needs goes away. Its offers fall
     * back to the links' defaults, what fails in it from now on comes again later.
     *
     * @return the version that was running, to be retired
     */
    @Nullable
    FlowVersion hold() {
        FlowVersion held = intake.switchTo(null);
        if (held != null) {
            held.orphan();
        }
        offers.take(Set.of());
        return held;
    }

    private void replaceLive(Outcome outcome) {
        Version last = null;
        for (Version version : history) {
            last = version.outcome() == Outcome.LIVE ? version : last;
        }
        if (last != null) {
            Version ended = new Version(last.number(), last.hash(), last.time(), outcome, null);
            List<Version> all = List.copyOf(history);
            history.clear();
            for (Version version : all) {
                history.add(version.equals(last) ? ended : version);
            }
        }
    }

    private void remember(Version version) {
        history.add(version);
        while (history.size() > KEPT_VERSIONS) {
            history.removeFirst();
        }
    }

    private void become(State next, String what) {
        if (next != state || !what.equals(sentence)) {
            since = clock.instant();
        }
        state = next;
        sentence = what;
    }

    synchronized Flows.Flow view() {
        String all = refusal == null || state == State.REFUSED ? sentence : sentence + "; the newest file is refused";
        return new Flows.Flow(
                name,
                state,
                state == State.REFUSED ? 0 : number,
                all,
                since,
                meters.counters(),
                refusal,
                List.copyOf(history));
    }
}
