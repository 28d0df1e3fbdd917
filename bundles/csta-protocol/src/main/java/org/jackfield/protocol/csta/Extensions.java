package org.jackfield.protocol.csta;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last child of most messages: private data and whatever else a peer adds.
 *
 * @param reason BroadSoft's reason of a NotReady
 * @param markup all that is in it when it says more than {@code reason}
 */
record Extensions(@Nullable String reason, @Nullable String markup) {
    static final Extensions NONE = new Extensions(null, null);

    private static final String NAME = "AgentNotReadyReasonValue";
    private static final Set<String> SECRETS = Set.of("agentPassword", "password", "authCode");
    private static final String BEFORE = "<privateData><private>";
    private static final String AFTER = "</private></privateData>";
    private static final String OPEN = "<" + NAME + " xmlns=\"http://schema.broadsoft.com/CSTAPrivateData\">";
    private static final String CLOSE = "</" + NAME + ">";

    static Extensions read(XmlIn in) throws CstaFormatException {
        String markup = in.fragment(SECRETS);
        if (markup.isBlank()) {
            return NONE;
        }
        String reason = reason(markup);
        return new Extensions(reason, reason != null && markup.equals(markup(reason)) ? null : markup);
    }

    /** The markup, also when it says nothing but the reason. */
    @Nullable
    String all() {
        return markup != null || reason == null ? markup : markup(reason);
    }

    private static @Nullable String reason(String markup) {
        int name = markup.indexOf(NAME);
        int from = name < 0 ? -1 : markup.indexOf('>', name) + 1;
        int to = from <= 0 ? -1 : markup.indexOf('<', from);
        if (to <= from) {
            return null;
        }
        String text = unescaped(markup.substring(from, to)).strip();
        return text.isEmpty() ? null : text;
    }

    private static String unescaped(String text) {
        return text.indexOf('&') < 0
                ? text
                : text.replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&quot;", "\"")
                        .replace("&#13;", "\r")
                        .replace("&amp;", "&");
    }

    private static String markup(String reason) {
        var out = new StringBuilder(BEFORE).append(OPEN);
        XmlOut.escape(out, reason);
        return out.append(CLOSE).append(AFTER).toString();
    }

    static void write(@Nullable String reason, @Nullable String markup, XmlOut out) {
        out.extensions(markup != null || reason == null ? markup : markup(reason));
    }
}
