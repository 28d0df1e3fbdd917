package org.jackfield.telemetry;

import java.util.List;
import java.util.StringJoiner;

/** Writes a report as JSON, one part per line so that a person with curl can read it too. */
final class HealthJson {
    private HealthJson() {}

    static String of(Readiness.Report report) {
        StringJoiner parts = new StringJoiner(",\n    ", "[\n    ", "\n  ]").setEmptyValue("[]");
        report.parts().forEach(part -> parts.add(line(part)));
        return "{\n  \"status\": " + quote(report.ready() ? "ready" : "not ready")
                + ",\n  \"missing\": " + strings(report.missing())
                + ",\n  \"parts\": " + parts + "\n}\n";
    }

    private static String line(Readiness.Part part) {
        return "{\"name\": " + quote(part.name())
                + ", \"kind\": " + quote(part.kind())
                + (part.tenant().isEmpty() ? "" : ", \"tenant\": " + quote(part.tenant()))
                + ", \"state\": " + quote(part.status().state().name())
                + ", \"detail\": " + quote(part.status().detail().name())
                + ", \"blocks\": " + part.blocks()
                + ", \"since\": " + quote(part.status().since().toString())
                + ", \"sentence\": " + quote(part.status().sentence()) + "}";
    }

    private static String strings(List<String> values) {
        StringJoiner list = new StringJoiner(", ", "[", "]");
        values.forEach(value -> list.add(quote(value)));
        return list.toString();
    }

    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
