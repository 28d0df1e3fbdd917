package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;

/** Calls of Teams with a history, with a private caller, and with a place (direct-routing 5.2, 5.4). */
final class S07Forwarded implements Scenario {
    private static final String HISTORY =
            "<sip:%s@sip.pstnhub.microsoft.com:5061;user=phone?Reason=SIP%%3Bcause%%3D302%%3Btext%%3D%%22Moved%%20temporarily%%22>;index=1,<sip:%s@sip.pstnhub.microsoft.com:5061;user=phone>;index=1.1";

    private static final String PLACE = "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
            + " entity=\"sip:caller@example.org\"><tuple id=\"1\"><status/></tuple></presence>\r\n";

    @Override
    public String id() {
        return "S07";
    }

    @Override
    public String title() {
        return "Teams forwards a call (History-Info), a private caller (PAI and Privacy), a caller with PIDF-LO, a loop";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-45", "DR-46", "DR-47", "DR-98");
    }

    @Override
    public void play(Stage stage) {
        forwarded(stage);
        withheld(stage);
        located(stage);
        looping(stage);
    }

    private static void forwarded(Stage stage) {
        String first = stage.number();
        String history = HISTORY.formatted(first, stage.dnis());
        Invitation invitation = stage.invitation();
        Stage.Call call = stage.inbound(invitation
                .withUri(invitation.uri() + ";cause=302")
                .with(writer -> writer.add(SipHeader.HISTORY_INFO, history)));
        SipMessage invite = call.acd().invite();
        String diversion = String.valueOf(invite.first("Diversion"));
        stage.that(
                "DR-45",
                diversion.contains(first) && diversion.contains("reason=unconditional"),
                "called first was " + first + ": the ACD got Diversion " + diversion,
                "that number with reason=unconditional");
        stage.that(
                "DR-45",
                history.equals(String.join(",", invite.all(SipHeader.HISTORY_INFO))),
                "History-Info at the ACD is " + String.join(",", invite.all(SipHeader.HISTORY_INFO)),
                history);
        end(stage.up(call));
    }

    private static void withheld(Stage stage) {
        Invitation invitation = stage.invitation();
        String asserted = "<tel:" + invitation.caller() + ">, <sip:" + invitation.caller()
                + "@sip.pstnhub.microsoft.com:5061;user=phone>";
        Stage.Call call = stage.inbound(invitation
                .withFrom("\"Anonymous\"<sip:anonymous@anonymous.invalid>")
                .with(writer ->
                        writer.add(SipHeader.P_ASSERTED_IDENTITY, asserted).add(SipHeader.PRIVACY, "id")));
        SipMessage invite = call.acd().invite();
        String from = String.valueOf(invite.first(SipHeader.FROM));
        stage.that(
                "DR-46",
                from.contains("sip:anonymous@") && !from.contains(invitation.caller()),
                "From at the ACD is " + from,
                "still anonymous");
        stage.that(
                "DR-46",
                String.join(",", invite.all(SipHeader.P_ASSERTED_IDENTITY)).contains(invitation.caller())
                        && "id".equals(invite.first(SipHeader.PRIVACY)),
                "the ACD got P-Asserted-Identity " + invite.all(SipHeader.P_ASSERTED_IDENTITY) + " with Privacy "
                        + invite.first(SipHeader.PRIVACY),
                "the number, and Privacy id beside it");
        end(stage.up(call));
    }

    private static void located(Stage stage) {
        String boundary = "twin" + stage.uuid();
        String body = "--" + boundary + "\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--" + boundary
                + "\r\nContent-Type: application/pidf+xml\r\nContent-ID: <place@example.org>\r\n\r\n" + PLACE + "\r\n--"
                + boundary + "--\r\n";
        Stage.Call call =
                stage.inbound(stage.invitation().withBody("multipart/mixed; boundary=\"" + boundary + "\"", body));
        String got = call.acd().invite().bodyText();
        stage.up(call);
        stage.that(
                "DR-47",
                got.contains(call.teams().media().line()),
                "the ACD got a body of " + call.acd().invite().first(SipHeader.CONTENT_TYPE) + " with"
                        + (got.contains(PLACE) ? " the caller's place" : "out the caller's place") + ", and answered",
                "the SDP out of the multipart body");
        end(call);
    }

    private static void looping(Stage stage) {
        String history = HISTORY.formatted(stage.dnis(), stage.dnis());
        Part teams = stage.teamsCalls(stage.invitation()
                .with(writer -> writer.add(SipHeader.HISTORY_INFO, history).add(SipHeader.HISTORY_INFO, history)));
        int status = teams.answered().status();
        stage.that(
                "DR-98",
                status == 482 || status == 486,
                "the number that is called stands in History-Info four times already: " + status,
                "482 or 486");
    }

    private static void end(Stage.Call call) {
        call.teams().hangUp();
        call.acd().next("BYE");
    }
}
