package org.jackfield.protocol.csta;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes wire input of good messages: four of five keep a whole frame around a document whose elements were moved,
 * doubled, renamed, nested or given odd text, or whose characters were broken; one of five breaks the framed bytes.
 * The same seed gives the same input.
 */
final class Mutator {
    static final List<CstaMessage> GOOD = VectorTest.vectors()
            .map(arguments -> (CstaMessage) arguments.get()[0])
            .toList();
    private static final List<String> NAMES = names();
    private static final Pattern TAG = Pattern.compile("<(/?)([A-Za-z:]+)([^<>]*?)(/?)>");
    private static final String[] SNIPPETS = {
        "<",
        ">",
        "</",
        "/>",
        "&amp;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?x?>",
        "<!DOCTYPE a>",
        "<a>",
        "</a>",
        "<callID>",
        "</callID>",
        "<cause/>",
        "xmlns=\"\"",
        "xmlns:a='b'",
        "\u0000",
        "\u00fc",
        "&#65;",
        "&#1;",
        "\"",
        "'",
        "<deviceIdentifier>",
        "</connection>",
        "65536",
        "-1"
    };
    private static final String[] TEXTS = {
        "",
        " ",
        "0",
        "-1",
        "2147483648",
        "999999999",
        "true",
        "1",
        "agentReady",
        "ready",
        "zz",
        "0 1 a",
        "0A 0b\n0C",
        "\u00fc\ud83d\ude00",
        "&lt;&amp;&gt;",
        "&#65;",
        "<![CDATA[<x>]]>",
        "<!-- c -->t",
        "x".repeat(5000)
    };
    private static final String[] NAMESPACES = {
        "",
        "http://www.ecma.ch/standards/ecma-323/csta/ed2",
        "http://www.ecma-international.org/standards/ecma-323/csta/ed5",
        "urn:other",
        "http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv5"
    };

    private final Random random;

    Mutator(long seed) {
        random = new Random(seed);
    }

    private static List<String> names() {
        var names = new ArrayList<String>();
        Pattern open = Pattern.compile("<([A-Za-z]+)[ />]");
        for (CstaMessage message : GOOD) {
            Matcher found =
                    open.matcher(MessageEncoder.text(message, Edition.ED4).replace(">", "/>"));
            while (found.find()) {
                if (!names.contains(found.group(1))) {
                    names.add(found.group(1));
                }
            }
        }
        return names;
    }

    byte[] wire() {
        CstaMessage message = GOOD.get(random.nextInt(GOOD.size()));
        Edition edition = Edition.values()[random.nextInt(Edition.values().length)];
        String xml = MessageEncoder.text(message, edition);
        int invokeId = random.nextInt(10_000);
        return switch (random.nextInt(5)) {
            case 0 -> broken(new Frame(invokeId, bytes(xml)).encode());
            case 1 -> new Frame(invokeId, broken(bytes(xml))).encode();
            default -> new Frame(invokeId, bytes(restructured(xml))).encode();
        };
    }

    private static byte[] bytes(String xml) {
        byte[] all = xml.getBytes(StandardCharsets.UTF_8);
        return all.length > 65_000 ? Arrays.copyOf(all, 65_000) : all;
    }

    private String restructured(String xml) {
        String now = xml;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            now = once(now);
        }
        return now;
    }

    /** One element with what is in it, from its start tag to behind its end tag. */
    private record Span(int from, int inside, int end, int to, String name) {}

    private List<Span> spans(String xml) {
        var spans = new ArrayList<Span>();
        var open = new ArrayList<Span>();
        Matcher tag = TAG.matcher(xml);
        while (tag.find()) {
            String name = tag.group(2);
            if (!tag.group(4).isEmpty()) {
                spans.add(new Span(tag.start(), tag.end(), tag.end(), tag.end(), name));
            } else if (tag.group(1).isEmpty()) {
                open.add(new Span(tag.start(), tag.end(), 0, 0, name));
            } else if (!open.isEmpty()) {
                Span begun = open.remove(open.size() - 1);
                spans.add(new Span(begun.from(), begun.inside(), tag.start(), tag.end(), begun.name()));
            }
        }
        return spans;
    }

    private String once(String xml) {
        List<Span> spans = spans(xml);
        if (spans.isEmpty()) {
            return xml;
        }
        Span one = spans.get(random.nextInt(spans.size()));
        Span two = spans.get(random.nextInt(spans.size()));
        String whole = xml.substring(one.from(), one.to());
        String name = NAMES.get(random.nextInt(NAMES.size()));
        return switch (random.nextInt(12)) {
            case 0 -> xml.substring(0, one.from()) + xml.substring(one.to()); // left out
            case 1 -> xml.substring(0, one.to()) + whole + xml.substring(one.to()); // doubled
            case 2 -> moved(xml, one, two);
            case 3 -> renamed(xml, one, name);
            case 4, 5 -> text(xml, one, TEXTS[random.nextInt(TEXTS.length)]);
            case 6 -> insert(xml, one.inside(), "<" + name + ">" + random.nextInt(100) + "</" + name + ">");
            case 7 -> insert(xml, one.inside(), "<" + name + "/>");
            case 8 -> nested(xml, one, name);
            case 9 -> attribute(xml, one);
            case 10 -> insert(xml, one.inside(), SNIPPETS[random.nextInt(SNIPPETS.length)]);
            default -> prefixed(xml);
        };
    }

    private static String insert(String xml, int at, String more) {
        return xml.substring(0, at) + more + xml.substring(at);
    }

    private static String moved(String xml, Span one, Span two) {
        if (one.to() <= two.from()) {
            return xml.substring(0, one.from())
                    + xml.substring(two.from(), two.to())
                    + xml.substring(one.to(), two.from())
                    + xml.substring(one.from(), one.to())
                    + xml.substring(two.to());
        }
        return insert(xml, two.inside(), xml.substring(one.from(), one.to()));
    }

    private static String renamed(String xml, Span one, String name) {
        String whole = xml.substring(one.from(), one.to());
        String changed = whole.replaceFirst("^<" + one.name(), "<" + name)
                .replaceFirst("</" + one.name() + ">$", "</" + name + ">");
        return xml.substring(0, one.from()) + changed + xml.substring(one.to());
    }

    private static String text(String xml, Span one, String text) {
        return one.end() == one.to() ? xml : xml.substring(0, one.inside()) + text + xml.substring(one.end());
    }

    private String nested(String xml, Span one, String name) {
        int levels = random.nextInt(3) == 0 ? 40 : 1 + random.nextInt(5);
        String changed = ("<" + name + ">").repeat(levels)
                + xml.substring(one.from(), one.to())
                + ("</" + name + ">").repeat(levels);
        return xml.substring(0, one.from()) + changed + xml.substring(one.to());
    }

    private String attribute(String xml, Span one) {
        String what = random.nextBoolean()
                ? " xmlns=\"" + NAMESPACES[random.nextInt(NAMESPACES.length)] + "\""
                : " typeOfNumber=\"dialingNumber\"";
        return insert(xml, one.from() + 1 + one.name().length(), what);
    }

    private static String prefixed(String xml) {
        return xml.contains("xmlns:p")
                ? xml
                : xml.replaceAll("<(/?)(?=[A-Za-z])", "<$1p:").replaceFirst("xmlns=", "xmlns:p=");
    }

    private byte[] broken(byte[] bytes) {
        byte[] now = bytes;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            int at = random.nextInt(now.length + 1);
            int to = Math.min(now.length, at + random.nextInt(20));
            now = switch (random.nextInt(5)) {
                case 0 ->
                    spliced(now, at, at, SNIPPETS[random.nextInt(SNIPPETS.length)].getBytes(StandardCharsets.UTF_8));
                case 1 -> spliced(now, at, to, new byte[0]);
                case 2 -> spliced(now, at, at, Arrays.copyOfRange(now, at, to));
                case 3 -> spliced(now, at, Math.min(now.length, at + 1), new byte[] {(byte) random.nextInt(256)});
                default -> now.length == 0 ? now : Arrays.copyOf(now, random.nextInt(now.length));
            };
        }
        return now.length > 60_000 ? Arrays.copyOf(now, 60_000) : now;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        byte[] out = new byte[bytes.length - (to - from) + between.length];
        System.arraycopy(bytes, 0, out, 0, from);
        System.arraycopy(between, 0, out, from, between.length);
        System.arraycopy(bytes, to, out, from + between.length, bytes.length - to);
        return out;
    }
}
