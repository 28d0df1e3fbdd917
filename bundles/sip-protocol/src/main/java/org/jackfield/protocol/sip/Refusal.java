package org.jackfield.protocol.sip;

import java.util.Locale;

/** Why bytes from a peer were not taken as a message; the name appears in logs and metrics. */
public enum Refusal {
    EMPTY("a SIP message"),
    TOO_LARGE("a message within the size limit"),
    START_LINE("METHOD SP Request-URI SP SIP/2.0, or SIP/2.0 SP code SP phrase (RFC 3261 section 7)"),
    VERSION("SIP/2.0"),
    STATUS_CODE("a status code from 100 to 699"),
    LINE_END("lines that end with CR LF (RFC 3261 section 7)"),
    CONTROL_CHARACTER("no NUL byte in start line or header"),
    HEADER_NAME("a token and a colon (RFC 3261 section 7.3.1)"),
    HEADER_TOO_LONG("a header within the size limit"),
    TOO_MANY_HEADERS("headers within the count limit"),
    NO_END_OF_HEADERS("an empty line behind the headers"),
    MISSING_VIA("a Via (RFC 3261 section 8.1.1)"),
    MISSING_FROM("a From (RFC 3261 section 8.1.1)"),
    MISSING_TO("a To (RFC 3261 section 8.1.1)"),
    MISSING_CALL_ID("a Call-ID (RFC 3261 section 8.1.1)"),
    MISSING_CSEQ("a CSeq (RFC 3261 section 8.1.1)"),
    DUPLICATE_HEADER("one From, To, Call-ID, CSeq, Max-Forwards and Content-Length"),
    REQUEST_URI("a URI without brackets around it, and an IPv6 address in square brackets (RFC 3261 section 7.1)"),
    ADDRESS("closed quotes and brackets and a URI without spaces in From and To (RFC 3261 section 25.1)"),
    VIA("SIP/2.0/transport host[:port] in the topmost Via (RFC 3261 section 20.42)"),
    CSEQ("a number below 2^31 and a method (RFC 3261 section 8.1.1.5)"),
    CSEQ_METHOD("the method of the request in CSeq (RFC 3261 section 8.1.1.5)"),
    MAX_FORWARDS("a number from 0 to 255 in Max-Forwards (RFC 3261 section 20.22)"),
    CONTENT_LENGTH("a number in Content-Length; on TCP it must be there (RFC 3261 section 20.14)"),
    BODY_SHORT("as many body bytes as Content-Length says (RFC 3261 section 18.3)");

    private final String expected;

    Refusal(String expected) {
        this.expected = expected;
    }

    /** For metrics and events, for example {@code missing-via}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What would have been right. */
    public String expected() {
        return expected;
    }
}
