package org.jackfield.plugin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** What the host's flows are doing, and the few things one can ask of them; an OSGi service. Reads never block. */
@ProviderType
public interface Flows {
    /** All flows, by name. */
    List<Flow> flows();

    @Nullable
    Flow flow(String name);

    /** Why the file with the defaults for all flows was refused; null when it was not, or is not there. */
    @Nullable
    Refusal defaultsRefused();

    /** Looks at the files again, also at those that did not change; returns before it is done. */
    void reload();

    /** Where a flow is in its life. */
    enum State {
        /** A version takes events and offers. */
        RUNNING,
        /** Good, but something it needs is away; its events wait. */
        WAITING,
        /** No version of it was ever good. */
        REFUSED
    }

    /** What became of a version. */
    enum Outcome {
        /** It runs. */
        LIVE,
        /** It ran until a newer one took over, or its file was deleted. */
        REPLACED,
        /** It ran until something it needs went away. */
        PAUSED,
        REFUSED
    }

    /**
     * One flow.
     *
     * @param version the number of the version that runs or waits, 0 when there is none
     * @param sentence what an operator should know, for example {@code waits for link csta}
     * @param refusal why the newest file is not what runs; null when it is
     * @param history what was tried, oldest first
     */
    record Flow(
            String name,
            State state,
            int version,
            String sentence,
            Instant since,
            Counters counters,
            @Nullable Refusal refusal,
            List<Version> history) {}

    /**
     * Why a file was refused.
     *
     * @param code for metrics, for example {@code component}
     * @param line of the file, 0 when unknown
     * @param reason what was found and what was expected
     */
    record Refusal(String file, int line, String code, String reason) {
        /** For example {@code routes/a.camel.yaml:7: unknown component "tems" (expected: ...)}. */
        @Override
        public String toString() {
            return file + (line > 0 ? ":" + line : "") + ": " + reason;
        }
    }

    /**
     * One version of a flow's file.
     *
     * @param hash the start of the SHA-256 of its text
     */
    record Version(
            int number,
            String hash,
            Instant time,
            Outcome outcome,
            @Nullable Refusal refusal) {}

    /**
     * What went through a flow since the host started: {@code received = delivered + filtered + deadLettered + returned +
     * unfinished}.
     *
     * @param filtered events of the topics it reads whose type it does not
     * @param returned given back to the bus, which delivers them again
     * @param unfinished in a lane or in an exchange
     * @param offers questions it was asked
     * @param answered questions that it answered in time
     */
    record Counters(
            long received,
            long delivered,
            long filtered,
            long deadLettered,
            long returned,
            long unfinished,
            long offers,
            long answered) {}
}
