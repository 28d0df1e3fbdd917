package org.jackfield.acd.asterisk;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One block of the Asterisk Manager Interface: {@code Name: value} lines up to an empty one, names in any case, some more
 * than once. Immutable.
 */
final class AmiMessage {
    private final List<String> names;
    private final List<String> values;

    AmiMessage(List<String> names, List<String> values) {
        this.names = List.copyOf(names);
        this.values = List.copyOf(values);
    }

    /** The first value of {@code name}, null when absent or empty, or when Asterisk says that there is none. */
    @Nullable
    String get(String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                String value = values.get(i);
                return value.isEmpty() || value.equals("<unknown>") || value.equals("<none>") ? null : value;
            }
        }
        return null;
    }

    String get(String name, String otherwise) {
        String value = get(name);
        return value == null ? otherwise : value;
    }

    /** A whole number of at most nine digits, otherwise {@code otherwise}. */
    int number(String name, int otherwise) {
        String value = get(name);
        return value != null && value.matches("\\d{1,9}") ? Integer.parseInt(value) : otherwise;
    }

    boolean is(String name, String value) {
        return value.equalsIgnoreCase(get(name));
    }

    /** The value of channel variable {@code variable} that some {@code ...ChanVariable} header carries. */
    @Nullable
    String variable(String prefix, String variable) {
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(i);
            if (names.get(i).equalsIgnoreCase(prefix + "ChanVariable")
                    && value.length() > variable.length() + 1
                    && value.startsWith(variable)
                    && value.charAt(variable.length()) == '=') {
                return value.substring(variable.length() + 1);
            }
        }
        return null;
    }

    /** Names and values in order, as {@code name=value}. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            lines.add(names.get(i) + "=" + values.get(i));
        }
        return lines;
    }

    /** What it is, for logs; without values, which may be anything. */
    @Override
    public String toString() {
        return get("Event", get("Response", "message")) + names;
    }
}
