package org.jackfield.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.ExpressionIllegalSyntaxException;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.ResolveEndpointFailedException;
import org.jspecify.annotations.Nullable;

/** Turns what Camel throws when a route cannot be built into a line and a sentence for the person who edits the file. */
final class Reasons {
    private static final Pattern YAML_MARK = Pattern.compile("line (\\d+), column (\\d+)");
    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile("Unknown parameters=\\[\\{(.*?)}]");
    private static final Pattern NO_COMPONENT = Pattern.compile("No component found with scheme: ([\\w+.-]+)");
    private static final Pattern PLACEHOLDER = Pattern.compile("Property with key \\[([^\\]]+)] not found");
    private static final Pattern DATA_FORMAT = Pattern.compile("[Dd]ata ?format '?([\\w-]+)'? could not be created");
    private static final Pattern LANGUAGE = Pattern.compile("No language could be found for: ([\\w-]+)");

    private Reasons() {}

    static Refused of(Throwable thrown, Source source, Services services) {
        List<Throwable> chain = chain(thrown);
        String all = String.join(
                "\n", chain.stream().map(t -> String.valueOf(t.getMessage())).toList());
        Throwable root = chain.get(chain.size() - 1);
        Matcher matcher = NO_COMPONENT.matcher(all);
        if (matcher.find()) {
            String scheme = matcher.group(1);
            return new Refused("component", source.lineOf(scheme + ":"), unknownComponent(scheme, services));
        }
        matcher = UNKNOWN_OPTIONS.matcher(all);
        if (matcher.find()) {
            String option = matcher.group(1).replaceFirst("[=,].*", "");
            return new Refused(
                    "option",
                    firstLine(source.lineOf(option), line(chain, source)),
                    "unknown option \"" + option + "\" in " + uri(chain) + " (expected: an option of that endpoint)");
        }
        matcher = PLACEHOLDER.matcher(all);
        if (matcher.find()) {
            String key = matcher.group(1);
            return new Refused(
                    "placeholder",
                    source.lineOf(key),
                    "unknown placeholder {{" + key + "}} (expected: a system property or environment variable)");
        }
        for (Throwable t : chain) {
            if (t instanceof ExpressionIllegalSyntaxException e) {
                return new Refused(
                        "expression",
                        source.lineOf(e.getExpression()),
                        "expression \"" + e.getExpression() + "\": " + sentence(root));
            }
        }
        matcher = DATA_FORMAT.matcher(all);
        if (matcher.find()) {
            String format = matcher.group(1);
            return new Refused(
                    "dataformat",
                    firstLine(source.lineOf(format), source.lineOf("marshal")),
                    "unknown data format \"" + format + "\" (expected: one that is installed)");
        }
        matcher = LANGUAGE.matcher(all);
        if (matcher.find()) {
            String language = matcher.group(1);
            return new Refused(
                    "language",
                    source.lineOf(language),
                    "unknown language \"" + language + "\" (expected: simple, constant, header, method)");
        }
        return new Refused(code(chain), line(chain, source), sentence(root));
    }

    static String unknownComponent(String scheme, Services services) {
        Collection<String> known = new TreeSet<>(services.kinds());
        known.add(BusComponent.SCHEME);
        return "unknown component \"" + scheme + "\" (expected: an installed Camel component, or one of "
                + String.join(", ", known) + ")";
    }

    private static int firstLine(int first, int second) {
        return first > 0 ? first : second;
    }

    private static List<Throwable> chain(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = thrown; t != null && !chain.contains(t); t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    private static String code(List<Throwable> chain) {
        for (Throwable t : chain) {
            if (t instanceof ResolveEndpointFailedException) {
                return "option";
            }
            if (t instanceof NoSuchBeanException) {
                return "bean";
            }
            if (t.getClass().getName().matches(".*(yaml|xml|Xml).*")) {
                return "syntax";
            }
        }
        return "build";
    }

    private static String uri(List<Throwable> chain) {
        for (Throwable t : chain) {
            if (t instanceof ResolveEndpointFailedException e) {
                return e.getUri();
            }
        }
        return "an endpoint";
    }

    private static int line(List<Throwable> chain, Source source) {
        for (int i = chain.size() - 1; i >= 0; i--) {
            int line = line(chain.get(i), source);
            if (line > 0) {
                return line;
            }
        }
        return 0;
    }

    private static int line(Throwable t, Source source) {
        if (t instanceof ResolveEndpointFailedException e) {
            return source.lineOf(e.getUri().replaceFirst("\\?.*", "").replace("://", ":"));
        }
        if (t instanceof FailedToCreateRouteException e) {
            return lineAtEnd(e.getLocation());
        }
        Matcher matcher = YAML_MARK.matcher(String.valueOf(t.getMessage()));
        int last = 0;
        while (matcher.find()) {
            last = Integer.parseInt(matcher.group(1));
        }
        return Math.min(last, source.lines());
    }

    private static int lineAtEnd(@Nullable String location) {
        Matcher matcher = Pattern.compile(":(\\d+)$").matcher(location == null ? "" : location);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static String sentence(Throwable root) {
        String message = String.valueOf(root.getMessage()).strip();
        if (message.isEmpty() || message.equals("null")) {
            return root.toString();
        }
        // A parser's message shows the place in lines of its own, indented; the line number is told apart from it.
        return String.join(
                ", ",
                message.lines()
                        .filter(line -> !line.startsWith(" ") && !line.isBlank())
                        .toList());
    }
}
