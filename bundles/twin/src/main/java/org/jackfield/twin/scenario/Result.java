package org.jackfield.twin.scenario;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of one assertion in one scenario. Immutable.
 *
 * @param assertion such as {@code DR-58}, or the section of an RFC
 * @param sentence what was observed, and what was expected when that is something else
 */
public record Result(String scenario, String assertion, Verdict verdict, String sentence) {
    /** How it is judged. */
    public enum Verdict {
        PASS,
        FAIL,
        /** Not played: it needs something that the host does not have yet. */
        LATER
    }

    public boolean failed() {
        return verdict == Verdict.FAIL;
    }

    /** One line for a person. */
    public String line() {
        return "%s  %-5s  %-18s  %s".formatted(scenario, verdict, assertion, sentence);
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("scenario", scenario);
        view.put("assertion", assertion);
        view.put("verdict", verdict.name());
        view.put("sentence", sentence);
        return view;
    }
}
