package org.jackfield.sip;

import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipUri;
import org.jspecify.annotations.Nullable;

/**
 * How the trunk names callers toward the SBC side: as they came behind an SBC, which owns the host parts; by the trunk's own
 * name where it faces Teams itself (Microsoft, Direct Routing SIP protocol: From names the SBC by its FQDN). Immutable.
 *
 * @param fqdn the trunk's name in DNS, null behind an SBC
 * @param asserted whether P-Asserted-Identity (RFC 3325) crosses to that side
 */
record Identity(@Nullable String fqdn, boolean asserted) {
    private static final String ANONYMOUS = "anonymous"; // RFC 3323 section 4.1.1.3

    /** A From value without its tag, as the SBC side wants it; {@code user=phone} tells that a number is one. */
    String from(String value) {
        if (fqdn == null) {
            return HeaderRules.phone(value);
        }
        NameAddr address = NameAddr.parse(value);
        SipUri uri = SipUri.parse(address.uri());
        String user = uri.user();
        return quoted(address.display())
                + "<sip:"
                + (user == null || user.isEmpty() ? ANONYMOUS : user)
                + '@'
                + fqdn
                + (HeaderRules.e164(uri.number()) ? ";user=phone>" : ">")
                + address.parameters();
    }

    /** A display name in quotes (RFC 3261 section 25.1, quoted-string) and a space, empty when there is none. */
    private static String quoted(String display) {
        if (display.isEmpty()) {
            return "";
        }
        if (display.startsWith("\"")) {
            return display + ' ';
        }
        return '"' + display.replace("\\", "\\\\").replace("\"", "\\\"") + "\" ";
    }

    /** True when a header that names who calls may go to a leg. */
    boolean passes(SipHeader header, Leg to) {
        return asserted || header != SipHeader.P_ASSERTED_IDENTITY || !to.onSbc();
    }
}
