package org.jackfield.acd.asterisk;

import java.nio.charset.StandardCharsets;

/** One action to Asterisk, built line by line. No value can bring a line of its own. */
final class AmiAction {
    private final String name;
    private final StringBuilder lines = new StringBuilder(128);

    AmiAction(String name) {
        this.name = name;
        add("Action", name);
    }

    String name() {
        return name;
    }

    /** @throws IllegalArgumentException when the value has a control character */
    AmiAction with(String key, String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ') {
                throw new IllegalArgumentException(key + ": a control character (expected: one line of text)");
            }
        }
        add(key, value);
        return this;
    }

    private void add(String key, String value) {
        lines.append(key).append(": ").append(value).append("\r\n");
    }

    byte[] bytes(String actionId) {
        return (lines + "ActionID: " + actionId + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
