package org.jackfield.twin.sbc;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.twin.Faults;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.UserAgent;

/** How strictly Teams reads what the host sends. Stateless but for the list it adds to. */
public final class Checks {
    private static final Pattern E164 = Pattern.compile("\\+[1-9]\\d{3,14}");

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private final Violations violations;
    private final Faults faults;

    public Checks(Violations violations, Faults faults) {
        this.violations = violations;
        this.faults = faults;
    }

    /** Looks at an INVITE from the host; the status with which Teams would refuse it, or nothing. */
    public OptionalInt invite(Leg leg, boolean referred) {
        SipMessage invite = leg.invite();
        List<String> contacts = invite.all(SipHeader.CONTACT);
        if (contacts.size() != 1) {
            add(leg, "DR-22", "Contact: " + contacts.size() + " values (expected: 1)");
            return OptionalInt.of(403);
        }
        String host = host(contacts.get(0));
        if (facing() && ADDRESS.matcher(host).matches()) {
            add(leg, "DR-22", "Contact host: " + host + " (expected: the FQDN of the trunk)");
            return OptionalInt.of(403);
        }
        if (invite.has(SipHeader.REPLACES) || requires(invite, "replaces") || requires(invite, "100rel")) {
            add(leg, "DR-30", "Replaces, or Require of replaces or 100rel, in an INVITE to Teams");
            return OptionalInt.of(420);
        }
        if (!invite.hasBody()
                || !leg.header(SipHeader.CONTENT_TYPE).toLowerCase(Locale.ROOT).contains("sdp")) {
            add(leg, "DR-31", "no SDP offer in the INVITE");
            return OptionalInt.of(488);
        }
        soft(leg, invite, referred);
        return OptionalInt.empty();
    }

    private boolean facing() {
        return faults.isOn("sbc.teams-facing");
    }

    private static String host(String value) {
        return SipUri.parse(NameAddr.parse(value).uri()).host();
    }

    /** Looks at an answer of the host, above 100 and below 300, to an INVITE of Teams. */
    public void answer(Leg leg, SipMessage response) {
        List<String> contacts = response.all(SipHeader.CONTACT);
        String wrong = null;
        if (contacts.size() != 1) {
            wrong = contacts.size() + " values (expected: 1)";
        } else if (!contacts.get(0).startsWith("<") || !contacts.get(0).endsWith(">")) {
            wrong = contacts.get(0) + " (expected: nothing but a URI in angle brackets)";
        } else if (facing() && ADDRESS.matcher(host(contacts.get(0))).matches()) {
            wrong = contacts.get(0) + " (expected: the FQDN of the trunk)";
        }
        if (wrong != null) {
            violations.add(
                    "DR-22",
                    "Contact of the answer " + response.status() + ": " + wrong,
                    response.toString(),
                    leg.sipCallId());
        }
    }

    /** From names the trunk by its FQDN, and the caller in quotes. */
    private void named(Leg leg, SipMessage invite) {
        NameAddr from = NameAddr.parse(leg.header(SipHeader.FROM));
        String host = SipUri.parse(from.uri()).host();
        if (!host.equalsIgnoreCase(host(leg.header(SipHeader.CONTACT)))) {
            add(leg, "DR-29", "From host: " + host + " (expected: the FQDN of the trunk, as in Contact)");
        }
        if (!from.display().isEmpty() && !from.display().startsWith("\"")) {
            add(leg, "DR-29", "From display name: " + from.display() + " (expected: in quotes)");
        }
        if (invite.has(SipHeader.RECORD_ROUTE)
                && !host(leg.header(SipHeader.RECORD_ROUTE)).equalsIgnoreCase(host(leg.header(SipHeader.CONTACT)))) {
            add(
                    leg,
                    "DR-23",
                    "Record-Route: " + leg.header(SipHeader.RECORD_ROUTE)
                            + " (expected: the host of Contact, or none)");
        }
    }

    private void soft(Leg leg, SipMessage invite, boolean referred) {
        if (facing()) {
            named(leg, invite);
        }
        if (!invite.has(SipHeader.MAX_FORWARDS)) {
            add(leg, "RFC 3261 8.1.1.6", "Max-Forwards is missing");
        }
        String allow = String.join(",", invite.all(SipHeader.ALLOW));
        if (!allow.contains("REFER") || !allow.contains("NOTIFY")) {
            add(leg, "DR-55", "Allow: \"" + allow + "\" (expected: lists REFER and NOTIFY)");
        }
        String from = leg.fromUser();
        if (!E164.matcher(from).matches() && !from.equalsIgnoreCase("anonymous")) {
            add(leg, "DR-28", "From user: \"" + from + "\" (expected: +E.164)");
        }
        if (!referred && !E164.matcher(leg.calledUser()).matches()) {
            add(leg, "DR-28", "Request-URI user: \"" + leg.calledUser() + "\" (expected: +E.164)");
        }
    }

    /** Looks at a request in a dialog whose leg is dressed like Microsoft's: it must carry our Contact and Route back. */
    public void inDialog(Leg leg, SipMessage request) {
        String wanted = NameAddr.parse(leg.contact()).uri();
        if (!request.requestUri().equals(wanted)) {
            violations.add(
                    "DR-24",
                    "Request-URI: " + request.requestUri() + " (expected: our Contact, " + wanted + ")",
                    request.toString(),
                    request.callId());
        }
        boolean routed = request.all(SipHeader.ROUTE).contains(leg.recordRoute());
        if (!leg.recordRoute().isEmpty() && !routed) {
            violations.add(
                    "DR-24",
                    "Route: " + request.all(SipHeader.ROUTE) + " (expected: our Record-Route)",
                    request.toString(),
                    request.callId());
        }
    }

    /** Looks at a re-INVITE: hold is inactive with a real address, and media stays where it was. */
    public void change(Leg leg, SipMessage request) {
        String sdp = request.bodyText();
        if (sdp.contains("a=sendonly") || sdp.contains("a=recvonly") || sdp.contains("c=IN IP4 0.0.0.0")) {
            violations.add(
                    "DR-51",
                    "hold with one-way media or no address (expected: a=inactive and the address of before)",
                    request.toString(),
                    request.callId());
        }
    }

    /** No ACK came for a 200 in time. */
    public void noAck(Leg leg) {
        add(leg, "DR-25", "no ACK in 4 s");
    }

    /** What Teams' Allow does not list. */
    public void unwanted(SipMessage request) {
        violations.add(
                "DR-30",
                request.methodText() + " to Teams, whose Allow lacks it",
                request.toString(),
                request.callId());
    }

    /** A request came on a connection that this side had opened: Teams closes such a connection. */
    void foreign(SipMessage request) {
        violations.add(
                "DR-10",
                request.methodText() + " on a TCP connection of the SBC (expected: on one of the host's own)",
                request.toString(),
                request.callId());
    }

    /**
     * Looks at the INVITE that a REFER asked for (RFC 3515, RFC 3892); 400 when Referred-By, whose x-tt names the call that
     * is transferred, is not what was sent.
     */
    public OptionalInt triggered(Leg leg, String referTo, String referredBy, String oldCallId) {
        OptionalInt refusal = OptionalInt.empty();
        SipMessage invite = leg.invite();
        if (!invite.requestUri().equals(referTo)) {
            add(leg, "DR-58", "Request-URI: " + invite.requestUri() + " (expected byte for byte: " + referTo + ")");
        }
        String to = NameAddr.parse(leg.header(SipHeader.TO)).uri();
        if (!to.equals(referTo)) {
            add(leg, "DR-58", "To: " + to + " (expected byte for byte: " + referTo + ")");
        }
        if (!leg.header(SipHeader.REFERRED_BY).equals(referredBy)) {
            refusal = OptionalInt.of(400);
            add(
                    leg,
                    "DR-58",
                    "Referred-By: " + leg.header(SipHeader.REFERRED_BY) + " (expected byte for byte: " + referredBy
                            + ")");
        }
        if (SipUri.parse(referTo).user() == null
                && SipUri.parse(invite.requestUri()).user() != null) {
            add(leg, "DR-59", "Request-URI has a user part (expected: none, as in Refer-To)");
        }
        if (invite.callId().equals(oldCallId)) {
            add(leg, "DR-60", "Call-ID of the old dialog (expected: a new one)");
        }
        return refusal;
    }

    /**
     * Looks at an OPTIONS as the proxy finds the trunk by it: by Record-Route, else by Contact, whose host must be a name
     * for a peer that faces Teams.
     */
    UserAgent.Reply options(SipMessage options) {
        String route = options.first(SipHeader.RECORD_ROUTE);
        String contact = options.first(SipHeader.CONTACT);
        if (route == null && contact == null) {
            violations.add(
                    "DR-17", "OPTIONS with neither Record-Route nor Contact", options.toString(), options.callId());
            return new UserAgent.Reply(
                    403,
                    "Forbidden",
                    Microsoft.reason(63, UUID.randomUUID(), "Record-Route and Contact headers are missing"));
        }
        String host = host(route == null ? String.valueOf(contact) : route);
        if (facing() && ADDRESS.matcher(host).matches()) {
            violations.add(
                    "DR-16",
                    "Contact host: " + host + " (expected: the FQDN of the trunk)",
                    options.toString(),
                    options.callId());
            return new UserAgent.Reply(
                    403, "Forbidden", Microsoft.reason(63, UUID.randomUUID(), "Contact names an address"));
        }
        return UserAgent.Reply.OK;
    }

    private static boolean requires(SipMessage message, String option) {
        return message.all(SipHeader.REQUIRE).stream().anyMatch(option::equalsIgnoreCase);
    }

    private void add(Leg leg, String rule, String what) {
        violations.add(rule, what, leg.invite().toString(), leg.sipCallId());
    }
}
