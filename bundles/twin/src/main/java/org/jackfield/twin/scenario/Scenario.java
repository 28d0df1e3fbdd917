package org.jackfield.twin.scenario;

import java.util.List;
import java.util.Map;

/** One scenario: what Teams and the ACD do, and what the host must make of it. Played once, on a thread of its own. */
interface Scenario {
    /** For example {@code S11}. */
    String id();

    String title();

    /** What it decides; an assertion among these that it did not get to has failed. */
    List<String> assertions();

    /** What belongs to it and cannot be played yet, each with the reason. */
    default Map<String, String> later() {
        return Map.of();
    }

    /** Plays it; blocks, and every wait in it has an end. */
    void play(Stage stage);
}
