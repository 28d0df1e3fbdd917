package org.jackfield.teams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;

/**
 * The Entra users of an agent dictionary with what is wrong about them, as far as the dictionary itself tells. One user is
 * found in every spelling: upper case, braces, without dashes. Immutable.
 */
final class DictionaryUsers {
    private static final Pattern OBJECT_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern NO_DASHES =
            Pattern.compile("([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})");
    private static final String EXPECTED = "the user's object id as Entra shows it, 8-4-4-4-12 hexadecimal digits";

    /** By object id, or by the sign-in name where the dictionary has that instead. */
    private final Map<String, Entry> users = new TreeMap<>();

    private final Map<String, Set<String>> names = new TreeMap<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * One user.
     *
     * @param key what Graph can be asked for
     * @param written how it stands in the dictionary, each spelling once
     * @param agents the ids of its agents
     */
    record Entry(String key, Set<String> written, Set<String> agents) {
        String who() {
            return (agents.size() == 1 ? "agent " : "agents ") + String.join(", ", agents);
        }
    }

    DictionaryUsers(Collection<Agent> agents) {
        Set<String> without = new TreeSet<>();
        for (Agent agent : agents) {
            String user = agent.user();
            if (user == null || user.isBlank()) {
                without.add(agent.id());
            } else {
                add(agent, user);
            }
            String upn = agent.upn();
            if (upn != null && !upn.isBlank()) {
                names.computeIfAbsent(upn.strip().toLowerCase(Locale.ROOT), k -> new TreeSet<>())
                        .add(agent.id());
            }
        }
        users.values().forEach(this::judge);
        names.forEach((name, ids) -> {
            if (ids.size() > 1
                    && users.values().stream().noneMatch(u -> u.agents().equals(ids))) {
                remarks.add("sign-in name " + name + " stands in the agent dictionary for agents "
                        + String.join(", ", ids) + " (expected: one agent each)");
            }
        });
        without.forEach(id -> remarks.add("agent " + id + " has no Entra user in the agent dictionary"));
    }

    private void add(Agent agent, String user) {
        String key = key(user);
        if (!isObjectId(key)) {
            names.computeIfAbsent(key, k -> new TreeSet<>()).add(agent.id());
        }
        Entry entry = users.computeIfAbsent(key, k -> new Entry(k, new TreeSet<>(), new TreeSet<>()));
        entry.written().add(user);
        entry.agents().add(agent.id());
    }

    private void judge(Entry user) {
        if (user.agents().size() > 1) {
            String spellings = user.written().size() > 1 ? ", written " + String.join(" and ", user.written()) : "";
            remarks.add("user " + user.key() + " stands in the agent dictionary for " + user.who() + spellings
                    + " (expected: one agent each)");
        }
        for (String written : user.written()) {
            if (!isObjectId(user.key())) {
                remarks.add("user " + written + " of " + user.who() + " is no object id (expected: " + EXPECTED + ")");
            } else if (!written.equalsIgnoreCase(user.key())) {
                remarks.add("user " + written + " of " + user.who() + " is not written as Graph takes it (expected: "
                        + user.key() + ")");
            }
        }
    }

    private static boolean isObjectId(String key) {
        return OBJECT_ID.matcher(key).matches();
    }

    /** The one spelling of a user. */
    static String key(String written) {
        String bare = written.strip().toLowerCase(Locale.ROOT);
        if (bare.matches("\\{.*}|\\(.*\\)")) {
            bare = bare.substring(1, bare.length() - 1).strip();
        }
        return NO_DASHES.matcher(bare).replaceFirst("$1-$2-$3-$4-$5");
    }

    /** All users, each once, in a fixed order. */
    Collection<Entry> users() {
        return users.values();
    }

    /** The first user whom Graph could know, null when there is none. */
    @Nullable
    String sample() {
        return users.keySet().stream()
                .filter(DictionaryUsers::isObjectId)
                .findFirst()
                .orElse(users.keySet().stream().findFirst().orElse(null));
    }

    /** What is wrong, each in one sentence with what was expected. */
    List<String> remarks() {
        return List.copyOf(remarks);
    }
}
