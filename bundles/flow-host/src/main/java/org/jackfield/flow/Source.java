package org.jackfield.flow;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A route file as it was read at one moment.
 *
 * @param flow the flow's name, the file's name without its ending
 * @param file the file's name, shown to operators
 * @param hash the start of the SHA-256 of the text, enough to tell versions apart
 */
record Source(String flow, String file, String text, String hash) {
    /** The file with the route configurations for all flows. */
    static final String DEFAULTS = "_defaults";

    private static final Pattern NAME = Pattern.compile("(_defaults|[a-z0-9][a-z0-9-]{0,62})\\.camel\\.(yaml|xml)");

    static Source of(String file, byte[] content) {
        String name = flowOf(file);
        if (name == null) {
            throw new IllegalArgumentException("file: \"" + file
                    + "\" (expected: lower-case letters, digits and dashes, then .camel.yaml or .camel.xml)");
        }
        return new Source(name, file, new String(content, StandardCharsets.UTF_8), hash(content));
    }

    /** The flow's name, or null when a file of this name is none of ours. */
    static @Nullable String flowOf(String file) {
        Matcher matcher = NAME.matcher(file);
        return matcher.matches() ? matcher.group(1) : null;
    }

    boolean isDefaults() {
        return flow.equals(DEFAULTS);
    }

    static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** How many lines it has, at least 1. */
    int lines() {
        return Math.max(1, (int) text.lines().count());
    }

    /** The first line that has {@code needle} in it, 0 when none has. */
    int lineOf(@Nullable String needle) {
        return lineOf(needle, 1);
    }

    /** The first line from {@code start} on that has {@code needle} in it, comments apart; 0 when none has. */
    int lineOf(@Nullable String needle, int start) {
        if (needle == null || needle.isBlank()) {
            return 0;
        }
        String[] lines = text.split("\n", -1);
        for (int i = Math.max(1, start) - 1; i < lines.length; i++) {
            if (!lines[i].stripLeading().startsWith("#") && lines[i].contains(needle)) {
                return i + 1;
            }
        }
        return 0;
    }
}
