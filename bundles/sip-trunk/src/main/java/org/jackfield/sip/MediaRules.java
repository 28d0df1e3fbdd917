package org.jackfield.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jackfield.protocol.sip.Multipart;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;

/**
 * What session descriptions (RFC 8866) may say on their way to the SBC; all else in them passes byte for byte.
 * Teams knows one kind of hold, {@code a=inactive} with a real address, and does not follow a media target that moves
 * during the call. Stateless.
 */
final class MediaRules {
    private static final Pattern ONE_WAY = Pattern.compile("(?m)^a=(sendonly|recvonly)(?=\\r?$)");
    private static final Pattern NOWHERE = Pattern.compile("(?m)^c=IN IP4 0\\.0\\.0\\.0(?=\\r?$)");
    private static final Pattern CONNECTION = Pattern.compile("(?m)^c=.*$");
    private static final Pattern DIRECTION = Pattern.compile("(?m)^a=(sendrecv|sendonly|recvonly|inactive)(?=\\r?$)");

    private MediaRules() {}

    /** The session description of a message, also out of a multipart body; empty when it has none. */
    static String sdp(SipMessage message) {
        if (!message.hasBody()) {
            return "";
        }
        Multipart.Part part = Multipart.first(message, "application/sdp");
        return part == null ? "" : part.content();
    }

    /** True for what Teams does not understand. */
    static boolean odd(String sdp) {
        return sdp.contains("a=sendonly") || sdp.contains("a=recvonly") || sdp.contains("c=IN IP4 0.0.0.0");
    }

    /**
     * A body as the SBC may see it: one-way media and the address of RFC 2543 become {@code a=inactive} with the address
     * that the sender had before.
     *
     * @param before what the same sender sent last
     */
    static String forSbc(String body, String before) {
        if (!odd(body)) {
            return body;
        }
        String text = body;
        if (NOWHERE.matcher(text).find()) {
            var known = CONNECTION.matcher(before);
            String real = known.find() && !NOWHERE.matcher(known.group()).find()
                    ? known.group().stripTrailing()
                    : null;
            text = NOWHERE.matcher(text).replaceAll(real == null ? "c=IN IP4 127.0.0.1" : quoted(real));
            text = DIRECTION.matcher(text).find()
                    ? DIRECTION.matcher(text).replaceAll("a=inactive")
                    : (text.endsWith("\n") ? text : text + "\r\n") + "a=inactive\r\n";
        }
        return ONE_WAY.matcher(text).replaceAll("a=inactive");
    }

    private static String quoted(String text) {
        return java.util.regex.Matcher.quoteReplacement(text);
    }

    /** Gives {@code writer}, which passes {@code message} on, the body that the SBC may see. */
    static void cross(SipMessage message, SipWriter writer, Leg to, String before) {
        if (to.onSbc() && message.hasBody()) {
            String body = message.bodyText();
            if (odd(body)) {
                writer.content(forSbc(body, before));
            }
        }
    }

    /** True when a media line's address, port or transport differs; a line switched off or on hold has not moved. */
    static boolean moved(String before, String now) {
        List<String> old = targets(before);
        List<String> fresh = targets(now);
        for (int i = 0; i < Math.min(old.size(), fresh.size()); i++) {
            boolean silent = old.get(i).contains(" 0 ") || fresh.get(i).contains(" 0 ");
            boolean nowhere = old.get(i).endsWith(" 0.0.0.0") || fresh.get(i).endsWith(" 0.0.0.0");
            if (!silent && !nowhere && !old.get(i).equals(fresh.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** For each media line its kind, port, transport and address. */
    private static List<String> targets(String sdp) {
        List<String> found = new ArrayList<>(2);
        String session = "";
        for (String line : sdp.split("\r?\n", -1)) {
            if (line.startsWith("m=")) {
                String[] words = line.substring(2).split(" ", 4);
                found.add(words.length < 3 ? line : words[0] + " " + words[1] + " " + words[2] + "@" + session);
            } else if (line.startsWith("c=")) {
                String address = line.substring(line.lastIndexOf(' '));
                if (found.isEmpty()) {
                    session = address;
                } else {
                    int last = found.size() - 1;
                    String media = found.get(last);
                    found.set(last, media.substring(0, media.indexOf('@') + 1) + address);
                }
            }
        }
        return found;
    }

    /** An offer for a caller who made none (RFC 3725 section 4.4): audio at {@code host}, inactive until the real one. */
    static String placeholder(String host) {
        return "v=0\r\no=jackfield 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\n"
                + "m=audio 9 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
                + "a=rtpmap:101 telephone-event/8000\r\na=inactive\r\n";
    }

    /** The same media, flowing again. */
    static String active(String sdp) {
        return sdp.replace("a=inactive", "a=sendrecv");
    }
}
