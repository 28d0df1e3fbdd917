package org.jackfield.twin.scenario;

import java.util.List;
import java.util.Map;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.sbc.Microsoft;

/** Plain calls of Teams to the contact centre, ended by either side (direct-routing 5.1, 6.3). */
final class S06FromTeams implements Scenario {
    private static final long FAILOVER_MS = 8_000;

    @Override
    public String id() {
        return "S06";
    }

    @Override
    public String title() {
        return "Teams calls the contact centre; each side hangs up once";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-22", "DR-24", "DR-27", "DR-40", "DR-41");
    }

    @Override
    public Map<String, String> later() {
        return Map.of(
                "DR-22", "transport=tls in Contact, and a name for each of several tenants, come with TLS and tenants",
                "DR-42", "derived and unknown trunks come with tenants",
                "DR-81", "two tenants with calls at the same time come with tenants");
    }

    @Override
    public void play(Stage stage) {
        Invitation invitation = stage.invitation();
        Stage.Call call = stage.inbound(invitation);
        NameAddr from = NameAddr.parse(String.valueOf(call.acd().invite().first(SipHeader.FROM)));
        stage.that(
                "DR-41",
                invitation.from().equals(from.display() + "<" + from.uri() + ">"),
                "a display name joined to its bracket, capital header names and guid tags were read: the ACD got From "
                        + from.display() + "<" + from.uri() + ">",
                invitation.from());
        call.acd().ring(180);
        call.teams().next(180);
        long first = call.teams().millisTo("100", "180", "183");
        long ringing = call.teams().millisTo("180", "183");
        stage.that(
                "DR-40",
                first >= 0 && first < 200 && ringing < FAILOVER_MS,
                "the first answer after " + first + " ms, 180 after " + ringing + " ms",
                "100, 180 or 183 within 200 ms, 180 within 8000 ms");
        stage.up(call);
        String reason = Microsoft.reason(16, stage.uuid(), "Normal call clearing %3D");
        int answer = call.teams().hangUp(writer -> writer.add(SipHeader.REASON, reason));
        SipMessage bye = call.acd().next("BYE");
        stage.that(
                "DR-27",
                answer == 200 && List.of(reason).equals(List.of(String.valueOf(bye.first(SipHeader.REASON)))),
                "Teams' BYE was answered " + answer + ", and the ACD's has Reason " + bye.first(SipHeader.REASON),
                reason + ", byte for byte");
        Stage.Call other = stage.inboundUp();
        stage.clean("DR-22", "180 and 200 to Teams have one Contact each");
        other.acd().hangUp();
        SipMessage toTeams = other.teams().next("BYE");
        stage.clean(
                "DR-24", "BYE to Teams goes to " + toTeams.requestUri() + " by Route " + toTeams.all(SipHeader.ROUTE));
    }
}
