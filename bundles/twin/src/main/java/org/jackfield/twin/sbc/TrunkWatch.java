package org.jackfield.twin.sbc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When the host asked by OPTIONS last. A trunk that has been silent for five minutes is demoted: it is tried last, not
 * removed. Thread-safe.
 */
final class TrunkWatch {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final InstantSource clock;
    private volatile @Nullable Instant last;

    TrunkWatch(InstantSource clock) {
        this.clock = clock;
    }

    void asked() {
        last = clock.instant();
    }

    Map<String, Object> view() {
        Instant at = last;
        Map<String, Object> view = new LinkedHashMap<>();
        if (at != null) {
            view.put("optionsAgeSeconds", Duration.between(at, clock.instant()).toSeconds());
        }
        view.put("demoted", at == null || Duration.between(at, clock.instant()).compareTo(LONGEST) > 0);
        return view;
    }
}
