package org.jackfield.twin.scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jackfield.twin.Options;
import org.jackfield.twin.Twin;

/**
 * Plays scenarios against a host, with SBC and ACD of its own; prints a line for each assertion and a total, and ends with
 * 1 when one has failed. Takes the twin's options beside its own.
 */
public final class Play {
    private static final Set<String> OWN = Set.of("only", "seed", "dnis", "expert");

    private Play() {}

    public static void main(String[] args) {
        int failed;
        try {
            failed = play(args);
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("scenarios: " + e.getMessage());
            failed = 2;
        }
        System.exit(failed);
    }

    private static int play(String[] args) throws IOException {
        Map<String, String> own = new HashMap<>();
        Options options = Options.parse(others(args, own));
        long seed = Long.parseLong(own.getOrDefault("seed", "1"));
        try (Twin twin = new Twin(options)) {
            System.out.println("seed " + seed + ", SBC on " + twin.sbc().port() + ", ACD on "
                    + twin.acd().sipPort() + ", trunk " + options.get("trunk") + ";" + options.get("transport"));
            Peers peers = twin.peers(own.getOrDefault("dnis", ""), own.getOrDefault("expert", ""));
            List<Result> results = twin.scenarios()
                    .play(
                            peers,
                            ids(own.getOrDefault("only", "")),
                            seed,
                            some -> some.forEach(result -> System.out.println(result.line())));
            System.out.println(Scenarios.total(results));
            return results.stream().anyMatch(Result::failed) ? 1 : 0;
        }
    }

    /** The ids in a text such as {@code S11,S13}. */
    public static Set<String> ids(String text) {
        Set<String> ids = new TreeSet<>();
        for (String id : text.split("[, ]+", -1)) {
            if (!id.isEmpty()) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static String[] others(String[] args, Map<String, String> own) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            String name = args[i].replaceFirst("^--", "");
            if (name.equals("trunk") && i + 1 < args.length && args[i + 1].contains(";")) {
                String[] trunk = args[++i].split(";", 2);
                others.addAll(List.of("--trunk", trunk[0], "--transport", trunk[1]));
            } else if (OWN.contains(name) && i + 1 < args.length) {
                own.put(name, args[++i]);
            } else {
                others.add(args[i]);
            }
        }
        return others.toArray(String[]::new);
    }
}
