package org.jackfield.protocol.sip;

import java.util.Locale;

/** Header fields that something here looks for, with their compact forms; all others are {@link #OTHER} and pass untouched. */
public enum SipHeader {
    OTHER("", ""),
    VIA("Via", "v"),
    FROM("From", "f"),
    TO("To", "t"),
    CALL_ID("Call-ID", "i"),
    CSEQ("CSeq", ""),
    CONTACT("Contact", "m"),
    MAX_FORWARDS("Max-Forwards", ""),
    ROUTE("Route", ""),
    RECORD_ROUTE("Record-Route", ""),
    CONTENT_LENGTH("Content-Length", "l"),
    CONTENT_TYPE("Content-Type", "c"),
    CONTENT_ENCODING("Content-Encoding", "e"),
    CONTENT_DISPOSITION("Content-Disposition", ""),
    SUPPORTED("Supported", "k"),
    REQUIRE("Require", ""),
    PROXY_REQUIRE("Proxy-Require", ""),
    UNSUPPORTED("Unsupported", ""),
    ALLOW("Allow", ""),
    ALLOW_EVENTS("Allow-Events", "u"),
    ACCEPT("Accept", ""),
    EXPIRES("Expires", ""),
    EVENT("Event", "o"),
    SUBSCRIPTION_STATE("Subscription-State", ""),
    /** RFC 3515. */
    REFER_TO("Refer-To", "r"),
    /** RFC 3892. */
    REFERRED_BY("Referred-By", "b"),
    /** RFC 4488. */
    REFER_SUB("Refer-Sub", ""),
    /** RFC 3891. */
    REPLACES("Replaces", ""),
    USER_AGENT("User-Agent", ""),
    SERVER("Server", ""),
    /** RFC 3326. */
    REASON("Reason", ""),
    RETRY_AFTER("Retry-After", ""),
    WARNING("Warning", ""),
    /** RFC 4028. */
    SESSION_EXPIRES("Session-Expires", "x"),
    MIN_SE("Min-SE", ""),
    /** RFC 3262. */
    RSEQ("RSeq", ""),
    RACK("RAck", ""),
    /** RFC 7433. */
    USER_TO_USER("User-to-User", ""),
    /** RFC 7989. */
    SESSION_ID("Session-ID", ""),
    /** RFC 3325. */
    P_ASSERTED_IDENTITY("P-Asserted-Identity", ""),
    PRIVACY("Privacy", ""),
    /** RFC 7044. */
    HISTORY_INFO("History-Info", ""),
    TIMESTAMP("Timestamp", ""),
    AUTHORIZATION("Authorization", ""),
    PROXY_AUTHORIZATION("Proxy-Authorization", ""),
    WWW_AUTHENTICATE("WWW-Authenticate", ""),
    PROXY_AUTHENTICATE("Proxy-Authenticate", ""),
    /** Which SBC a message passed, as Teams reads it. */
    X_MS_SBC("X-MS-SBC", ""),
    /** Where a Teams client is, for the local media optimisation of an SBC; no other element's business. */
    X_MS_USER_LOCATION("X-MS-UserLocation", ""),
    X_MS_MEDIA_PATH("X-MS-MediaPath", ""),
    X_MS_USER_SITE("X-MS-UserSite", "");

    /** The hash of a name of no length. */
    static final int NO_HASH = 7;

    private static final int CASE = 0x20;
    private static final int MASK = 255;
    private static final SipHeader[] ALL = values();
    /** Open addressing on a hash that ignores case; twice per header, for its name and its compact form. */
    private static final byte[][] NAMES = new byte[MASK + 1][];

    private static final SipHeader[] HEADERS = new SipHeader[MASK + 1];

    static {
        for (SipHeader header : ALL) {
            put(header.text, header);
            put(header.compact, header);
        }
    }

    private final String text;
    private final String compact;

    @SuppressWarnings("ImmutableEnumChecker") // written to the wire, never changed
    final byte[] line;

    SipHeader(String text, String compact) {
        this.text = text;
        this.compact = compact;
        this.line = Ascii.bytes(text + ": ");
    }

    /** The name as written by this stack. */
    public String text() {
        return text;
    }

    /** A small number for tables of offsets, never stored or sent. */
    @SuppressWarnings("EnumOrdinal") // lives only as long as the process
    int index() {
        return ordinal();
    }

    static SipHeader byIndex(int index) {
        return ALL[index];
    }

    /**
     * Names ignore case (RFC 3261 section 7.3.1).
     *
     * @param hash of all bytes of the name, which are those of a token
     */
    static SipHeader of(byte[] bytes, int start, int end, int hash) {
        int slot = slot(hash);
        while (NAMES[slot] != null) {
            if (isName(bytes, start, end, NAMES[slot])) {
                return HEADERS[slot];
            }
            slot = (slot + 1) & MASK;
        }
        return OTHER;
    }

    /** Among the bytes of a token, only a letter becomes another letter's lower case by this bit. */
    private static boolean isName(byte[] bytes, int start, int end, byte[] name) {
        if (end - start != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if ((bytes[start + i] | CASE) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** The header of this name in any case or compact form. */
    public static SipHeader of(String name) {
        byte[] bytes = Ascii.bytes(name);
        for (byte b : bytes) {
            if (!Ascii.isToken(b)) {
                return OTHER;
            }
        }
        return of(bytes, 0, bytes.length, hash(bytes));
    }

    private static void put(String name, SipHeader header) {
        if (name.isEmpty()) {
            return;
        }
        byte[] bytes = Ascii.bytes(name.toLowerCase(Locale.ROOT));
        int slot = slot(hash(bytes));
        while (NAMES[slot] != null) {
            slot = (slot + 1) & MASK;
        }
        NAMES[slot] = bytes;
        HEADERS[slot] = header;
    }

    private static int hash(byte[] bytes) {
        int hash = NO_HASH;
        for (byte b : bytes) {
            hash = hash(hash, b);
        }
        return hash;
    }

    /** The hash of a name, a byte longer than the one whose hash is given. */
    static int hash(int before, byte next) {
        return before * 31 + (next | CASE);
    }

    private static int slot(int hash) {
        return (hash ^ (hash >>> 8)) & MASK;
    }
}
