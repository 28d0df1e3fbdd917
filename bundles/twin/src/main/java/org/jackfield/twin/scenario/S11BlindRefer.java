package org.jackfield.twin.scenario;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipUri;

/** A Teams user transfers to another by REFER, which comes from the proxy's other address (direct-routing 7.2, 7.3). */
final class S11BlindRefer implements Scenario {
    @Override
    public String id() {
        return "S11";
    }

    @Override
    public String title() {
        return "Blind REFER to a Teams user: no user part, a long x-tt, from another address";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-56", "DR-57", "DR-58", "DR-59", "DR-60", "DR-61", "DR-62", "DR-63");
    }

    @Override
    public Map<String, String> later() {
        return Map.of("DR-57", "resolving the host of Refer-To and TLS to it come with TLS and DNS");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outboundUp();
        badRefers(stage, call.teams());
        Transfer transfer = stage.refer(call.teams(), stage.teamsUser());
        long asked = System.nanoTime();
        int accepted = transfer.send().status();
        long took = (System.nanoTime() - asked) / 1_000_000;
        SipMessage trying = transfer.notified(100);
        stage.that(
                "DR-56",
                accepted == 202 && took < 1_000,
                "REFER is answered " + accepted + " after " + took + " ms, and NOTIFY with 100 follows",
                "202 within 1000 ms");
        Part fresh = transfer.came();
        asRefered(stage, call, transfer, fresh);
        fresh.ring(180);
        SipMessage ringing = transfer.notified(180);
        String answer = fresh.media().flowing();
        fresh.accept("", answer);
        fresh.confirmed();
        SipMessage done = transfer.notified(200);
        notified(stage, List.of(trying, ringing, done));
        SipMessage moved = call.acd().next("INVITE");
        boolean early = call.teams().kinds().contains("BYE");
        int left = transfer.leaves();
        stage.that(
                "DR-62",
                left == 200 && !early,
                "Teams ends the old leg after the NOTIFY with 200 (" + left + "), and the host had "
                        + (early ? "" : "not ") + "done so before",
                "the old leg is left to Teams' BYE");
        stage.that(
                "DR-63",
                moved.bodyText().equals(answer) && !call.acd().kinds().contains("BYE"),
                "the ACD's leg goes on with "
                        + (moved.bodyText().equals(answer) ? "the new party's" : "another")
                        + " SDP, and saw " + call.acd().kinds(),
                "one continuous call at the ACD");
        fresh.hangUp();
        call.acd().next("BYE");
    }

    private static void badRefers(Stage stage, Part teams) {
        int without = teams.ask("REFER", writer -> {}).status();
        stage.that("DR-56", without == 400, "REFER without Refer-To is answered " + without, "400");
        int unknown = stage.referOutside(teams).status();
        stage.that("DR-56", unknown == 481, "REFER in an unknown dialog is answered " + unknown, "481");
    }

    private static void asRefered(Stage stage, Stage.Call call, Transfer transfer, Part fresh) {
        SipMessage invite = fresh.invite();
        String to = NameAddr.parse(String.valueOf(invite.first(SipHeader.TO))).uri();
        String by = String.valueOf(invite.first(SipHeader.REFERRED_BY));
        stage.that(
                "DR-57",
                call.acd().count("INVITE") == 0,
                "the INVITE that the REFER asks for comes to the SBC, the ACD saw "
                        + call.acd().kinds(),
                "never to the ACD");
        stage.that(
                "DR-58",
                invite.requestUri().equals(transfer.referTo()) && to.equals(transfer.referTo()),
                "Request-URI and To are " + (invite.requestUri().equals(transfer.referTo()) ? "" : "not ")
                        + "the Refer-To of " + transfer.referTo().length() + " characters: " + invite.requestUri(),
                transfer.referTo());
        stage.that(
                "DR-58",
                sha256(by).equals(sha256(transfer.referredBy())),
                "Referred-By of " + by.length() + " characters has SHA-256 "
                        + sha256(by).substring(0, 16),
                sha256(transfer.referredBy()).substring(0, 16) + " of " + transfer.referredBy());
        stage.that(
                "DR-59",
                SipUri.parse(invite.requestUri()).user() == null,
                "the Request-URI has user " + SipUri.parse(invite.requestUri()).user(),
                "none, as in Refer-To");
        stage.that(
                "DR-60",
                !invite.callId().equals(call.teams().callId())
                        && !invite.has(SipHeader.REPLACES)
                        && invite.bodyText().contains(call.acd().media().line()),
                "it has " + (invite.callId().equals(call.teams().callId()) ? "the old" : "a new") + " Call-ID, "
                        + (invite.has(SipHeader.REPLACES) ? "a" : "no") + " Replaces, and the media of "
                        + (invite.bodyText().contains(call.acd().media().line()) ? "the party that stays" : "another"),
                "a new Call-ID, no Replaces, the SDP of the party that stays");
    }

    private static void notified(Stage stage, List<SipMessage> notifies) {
        boolean rising = true;
        for (int i = 1; i < notifies.size(); i++) {
            rising &= notifies.get(i).cseq() > notifies.get(i - 1).cseq();
        }
        String last = String.valueOf(notifies.get(notifies.size() - 1).first(SipHeader.SUBSCRIPTION_STATE));
        boolean active = notifies.stream()
                .limit(notifies.size() - 1L)
                .allMatch(each ->
                        String.valueOf(each.first(SipHeader.SUBSCRIPTION_STATE)).startsWith("active"));
        stage.that(
                "DR-61",
                rising
                        && active
                        && last.startsWith("terminated")
                        && last.contains("noresource")
                        && String.valueOf(notifies.get(0).first(SipHeader.EVENT))
                                .startsWith("refer"),
                "NOTIFYs say " + notifies.stream().map(Transfer::status).toList() + " with CSeq "
                        + notifies.stream().map(SipMessage::cseq).toList() + ", the last is " + last,
                "a rising CSeq, active, then terminated;reason=noresource");
    }

    static String sha256(String value) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
