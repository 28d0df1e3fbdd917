package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

/** What stands in headers of the extensions, as their RFCs write it. */
class HeaderValuesTest {
    private static SipMessage message(String line, String headers) {
        try {
            return SipParser.parse(
                    (line + "\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n"
                                    + "Call-ID: x\r\nCSeq: 1 INVITE\r\n" + headers + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
        } catch (SipParseException e) {
            throw new AssertionError(e);
        }
    }

    private static SipMessage invite(String headers) {
        return message("INVITE sip:c@d SIP/2.0", headers);
    }

    @Test
    @Conformance("DR-65")
    void replacesNamesADialogByTheReceiversView() {
        Replaces replaces = Replaces.parse("98732@sip.example.com ;from-tag=r33th4x0r\r\n ;to-tag=ff87ff;early-only");
        assertThat(replaces)
                .isEqualTo(new Replaces("98732@sip.example.com", "ff87ff", "r33th4x0r", true)); // RFC 3891 6.1
        assertThat(Replaces.parse("98732;from-tag=1")).isNull();
        assertThat(Replaces.parse("98732")).isNull();
        assertThat(replaces.text()).isEqualTo("98732@sip.example.com;to-tag=ff87ff;from-tag=r33th4x0r;early-only");
    }

    @Test
    @Conformance("DR-48")
    void sessionTimerKnowsWhoRefreshesAndWhen() {
        SipMessage invite = invite("Session-Expires: 3600\r\nMin-SE: 300\r\nSupported: timer\r\n");
        SessionTimer timer = SessionTimer.of(invite);
        assertThat(timer).isEqualTo(new SessionTimer(3600, null));
        assertThat(SessionTimer.least(invite)).isEqualTo(300);
        assertThat(timer.agreed(true).text()).isEqualTo("3600;refresher=uac");
        assertThat(timer.agreed(false).text()).isEqualTo("3600;refresher=uas");
        assertThat(timer.refreshAfter()).isEqualTo(1_800_000); // RFC 4028 section 10: half
        assertThat(timer.giveUpAfter()).isEqualTo(3_568_000); // 32 s before the end
        assertThat(new SessionTimer(90, "uas").giveUpAfter()).isEqualTo(60_000); // a third before the end
        assertThat(SessionTimer.of(invite("x: 90 ; refresher=UAS\r\n"))).isEqualTo(new SessionTimer(90, "uas"));
        assertThat(SessionTimer.of(invite("x: none\r\n"))).isNull();
        assertThat(SessionTimer.tooSmall(invite("x: 60\r\nk: timer\r\n"), 90)).isTrue();
        assertThat(SessionTimer.tooSmall(invite("x: 60\r\n"), 90)).isFalse();
    }

    @Test
    @Conformance({"DR-54", "DR-71"})
    void reasonIsSplitIntoGuidAndPhraseAtTheFirstSemicolonInTheQuotes() {
        Reason reason = Reason.of(
                invite("REASON: SIP;cause=480,Q.850;cause=16;text=\"0f1e-22;Call ended; by \\\"agent\\\"\"\r\n"),
                "q.850");
        assertThat(reason.cause()).isEqualTo(16);
        assertThat(reason.guid()).isEqualTo("0f1e-22");
        assertThat(reason.phrase()).isEqualTo("Call ended; by \"agent\"");
        assertThat(Reason.parse("SIP;cause=200;text=\"Call completed elsewhere\"")
                        .answeredElsewhere())
                .isTrue();
        assertThat(Reason.parse("Q.850").cause()).isEqualTo(-1);
        assertThat(Reason.parse("Q.850;cause=99999").cause()).isEqualTo(-1);
        assertThat(Reason.parse("Q.850;text=alone").phrase()).isEqualTo("alone");
    }

    @Test
    @Conformance("DR-45")
    void historyIsReadWithIndexEscapedReasonAndPrivacy() {
        List<HistoryInfo> history = HistoryInfo.of(invite(
                "History-Info: <sip:+1425@sip.pstnhub.microsoft.com:5061;user=phone?Reason=SIP%3Bcause%3D302%3Btext%3D%22Moved%20temporarily%22>;index=1,"
                        + "<sip:+1426@h?Privacy=history&Reason=SIP%3Bcause%3D486>;index=1.1\r\n"));
        assertThat(history).hasSize(2);
        assertThat(history.get(0).uri()).isEqualTo("sip:+1425@sip.pstnhub.microsoft.com:5061;user=phone");
        assertThat(history.get(0).index()).isEqualTo("1");
        assertThat(history.get(0).reason()).isEqualTo(new Reason("SIP", 302, "Moved temporarily"));
        assertThat(history.get(1).secret()).isTrue();
        assertThat(history.get(1).reason().cause()).isEqualTo(486);
        assertThat(HistoryInfo.unescaped("100%25%zz%4")).isEqualTo("100%%zz%4");
    }

    @Test
    void sessionIdHasTwoHalves() {
        String half = "ab30317f1a784dc48ff824d0d3715d86";
        SessionId id = SessionId.of(invite("Session-ID: " + half + ";remote=" + SessionId.NIL + "\r\n")); // RFC 7989 5
        assertThat(id).isEqualTo(new SessionId(half, SessionId.NIL));
        assertThat(id.reversed().text()).isEqualTo(SessionId.NIL + ";remote=" + half);
        assertThat(SessionId.of(invite("Session-ID: short\r\n"))).isNull();
        assertThat(SessionId.fresh()).matches("[0-9a-f]{32}");
    }

    @Test
    @Conformance("DR-61")
    void sipfragBeginsWithAStatusLine() {
        assertThat(SipFrag.status("SIP/2.0 180 Ringing\r\n")).isEqualTo(180);
        assertThat(SipFrag.status("SIP/2.0 603 Declined")).isEqualTo(603);
        assertThat(SipFrag.status("SIP/2.0 xyz")).isZero();
        assertThat(SipFrag.status("INVITE sip:a SIP/2.0")).isZero();
    }

    /** RFC 7616 section 3.9.1: the example with both algorithms. */
    @Test
    void digestIsThatOfTheStandardsExample() {
        String nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        String cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        assertThat(Digest.response(
                        "MD5",
                        "Mufasa",
                        "http-auth@example.org",
                        "Circle of Life",
                        nonce,
                        "GET",
                        "/dir/index.html",
                        "00000001",
                        cnonce))
                .isEqualTo("8ca523f5e9506fed4657c9700eebdbec");
        assertThat(Digest.response(
                        "SHA-256",
                        "Mufasa",
                        "http-auth@example.org",
                        "Circle of Life",
                        nonce,
                        "GET",
                        "/dir/index.html",
                        "00000001",
                        cnonce))
                .isEqualTo("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }

    @Test
    void credentialsAreGoodOnceRightAndStaleWhenTheNonceIsOld() {
        var verifier = new Digest.Verifier("host", "SHA-256", 60_000);
        SipMessage refused = message(
                "SIP/2.0 401 Unauthorized",
                "WWW-Authenticate: " + verifier.challenge(1_000, false)
                        + "\r\nWWW-Authenticate: Basic realm=\"no\"\r\n");
        Digest.Challenge challenge = Digest.Challenge.of(refused);
        assertThat(challenge.algorithm()).isEqualTo("SHA-256");
        String good = challenge.answer("ann\"a", "secret", "INVITE", "sip:c@d", 1);
        SipMessage again = invite("Authorization: " + good + "\r\n");
        assertThat(verifier.check(
                        again, SipHeader.AUTHORIZATION, user -> user.equals("ann\"a") ? "secret" : null, 2_000))
                .isEqualTo(Digest.Verifier.Verdict.GOOD);
        assertThat(verifier.check(again, SipHeader.AUTHORIZATION, user -> "secret", 62_000))
                .isEqualTo(Digest.Verifier.Verdict.STALE);
        assertThat(verifier.check(again, SipHeader.AUTHORIZATION, user -> "other", 2_000))
                .isEqualTo(Digest.Verifier.Verdict.WRONG);
        assertThat(verifier.check(again, SipHeader.AUTHORIZATION, user -> null, 2_000))
                .isEqualTo(Digest.Verifier.Verdict.WRONG);
        assertThat(verifier.check(invite(""), SipHeader.AUTHORIZATION, user -> "secret", 2_000))
                .isEqualTo(Digest.Verifier.Verdict.MISSING);
        assertThat(new Digest.Verifier("host", "SHA-256", 60_000)
                        .check(again, SipHeader.AUTHORIZATION, user -> "secret", 2_000))
                .isEqualTo(Digest.Verifier.Verdict.STALE); // a nonce of somebody else
    }

    @Test
    @Conformance("DR-53")
    void glareIsSettledWithinTheTimesOfTheStandard() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            assertThat(Glare.delay(true, random)).isBetween(2_100L, 4_000L);
            assertThat(Glare.delay(false, random)).isBetween(0L, 2_000L);
        }
    }
}
