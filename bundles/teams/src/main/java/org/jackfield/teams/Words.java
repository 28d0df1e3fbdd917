package org.jackfield.teams;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One copy of each of Graph's words, instead of one for each agent and read. Safe for any thread. */
final class Words {
    private static final int MOST = 200;
    private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

    private Words() {}

    /** The same text; beyond the first few hundred words simply what was given. */
    static String shared(String word) {
        String known = KNOWN.get(word);
        if (known != null || KNOWN.size() >= MOST) {
            return known == null ? word : known;
        }
        KNOWN.put(word, word);
        return word;
    }
}
