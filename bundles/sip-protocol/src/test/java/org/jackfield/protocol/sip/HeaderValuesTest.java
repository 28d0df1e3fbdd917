package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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
        assertThat(SessionId.of(invite("Session-ID: " + half + "0;remote=x\r\n")))
                .isNull();
        assertThat(SessionId.of(invite("Session-ID: " + half.toUpperCase(java.util.Locale.ROOT) + "\r\n"))) // RFC 7329
                .isEqualTo(new SessionId(half, SessionId.NIL));
        for (int i = 0; i < 100; i++) {
            assertThat(SessionId.fresh()).matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}"); // RFC 4122 4.4
        }
        assertThat(SessionId.fresh()).isNotEqualTo(SessionId.fresh());
        SipMessage sent = invite("session-id:  " + half + " ;remote=" + SessionId.NIL + "\r\n");
        assertThat(SessionId.sender(sent, half)).isSameAs(half);
        assertThat(SessionId.sender(sent, null)).isEqualTo(half);
        assertThat(SessionId.sender(sent, SessionId.fresh())).isEqualTo(half);
        assertThat(SessionId.sender(invite("Session-ID: " + SessionId.NIL + "\r\n"), null))
                .isNull();
        assertThat(SessionId.sender(invite("Session-ID: " + half.substring(1) + "g\r\n"), null))
                .isNull();
        assertThat(SessionId.sender(invite(""), half)).isNull();
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

    /** RFC 2617 section 3.5, and the same without qop as RFC 2069 has it, computed by hand with md5sum. */
    @Test
    void digestIsThatOfTheOlderStandardToo() {
        assertThat(Digest.response(
                        "MD5",
                        "Mufasa",
                        "testrealm@host.com",
                        "Circle Of Life",
                        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                        "GET",
                        "/dir/index.html",
                        "00000001",
                        "0a4f113b"))
                .isEqualTo("6629fae49393a05397450978507c4ef1");
        assertThat(Digest.response(
                        "MD5",
                        "Mufasa",
                        "testrealm@host.com",
                        "Circle Of Life",
                        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                        "GET",
                        "/dir/index.html",
                        null,
                        ""))
                .isEqualTo("670fd8c2df070c60b045671b8b24ff02");
    }

    /** The fields of RFC 2617 section 3.5 in the order and form that RFC 3261 section 25.1 has. */
    @Test
    void answerRepeatsWhatTheChallengeSaid() {
        Digest.Challenge challenge = Digest.Challenge.all(
                        message(
                                "SIP/2.0 407 Proxy Authentication Required",
                                "Proxy-Authenticate: Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\",\r\n"
                                        + " nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"\r\n"))
                .get(0);
        assertThat(challenge.answer("Mufasa", "Circle Of Life", "GET", "/dir/index.html", 1, "0a4f113b"))
                .isEqualTo("Digest username=\"Mufasa\", realm=\"testrealm@host.com\","
                        + " nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\","
                        + " response=\"6629fae49393a05397450978507c4ef1\", algorithm=MD5, cnonce=\"0a4f113b\","
                        + " qop=auth, nc=00000001, opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
        assertThat(challenge.answer("u", "p", "GET", "/", 0x1f, "x")).contains("nc=0000001f");
    }

    /** RFC 8760 section 2.4, RFC 3261 section 22.3: one answer per realm, the strongest that is known. */
    @Test
    void challengesAreOnePerRealmAndTheStrongest() {
        List<Digest.Challenge> all = Digest.Challenge.all(message(
                "SIP/2.0 401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n"
                        + "WWW-Authenticate: Digest realm=\"a\", nonce=\"2\", algorithm=SHA-256, stale=TRUE\r\n"
                        + "WWW-Authenticate: Digest realm=\"a\", nonce=\"3\", algorithm=SHA-512-256\r\n"
                        + "WWW-Authenticate: Digest realm=\"b\", nonce=\"4\", algorithm=md5\r\n"
                        + "WWW-Authenticate: Digest realm=\"c\", nonce=\"5\", qop=\"auth-int\"\r\n"
                        + "WWW-Authenticate: Digest nonce=\"6\"\r\n"
                        + "Proxy-Authenticate: Digest realm=\"d\", nonce=\"7\"\r\n"));
        assertThat(all).extracting(Digest.Challenge::nonce).containsExactly("2", "4");
        assertThat(all).extracting(Digest.Challenge::stale).containsExactly(true, false);
    }

    @Test
    void credentialsAreGoodOnceRightAndStaleWhenTheNonceIsOld() {
        var verifier = new Digest.Verifier("host", "SHA-256", 60_000);
        SipMessage refused = message(
                "SIP/2.0 401 Unauthorized",
                "WWW-Authenticate: " + verifier.challenge(1_000, false)
                        + "\r\nWWW-Authenticate: Basic realm=\"no\"\r\n");
        Digest.Challenge challenge = Digest.Challenge.all(refused).get(0);
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

    private static Digest.Verifier.Verdict answered(
            Digest.Verifier verifier, Digest.Challenge challenge, int count, long now) {
        SipMessage request =
                invite("Authorization: " + challenge.answer("ann", "secret", "INVITE", "sip:c@d", count) + "\r\n");
        return verifier.check(request, SipHeader.AUTHORIZATION, user -> "secret", now);
    }

    private static Digest.Challenge challenge(Digest.Verifier verifier, long now) {
        return Digest.Challenge.all(message(
                        "SIP/2.0 401 Unauthorized", "WWW-Authenticate: " + verifier.challenge(now, false) + "\r\n"))
                .get(0);
    }

    /** RFC 7616 section 3.4: a count is good once; requests that overtake each other are no replay. */
    @Test
    void credentialsThatWereSeenAreNotTakenAgain() {
        var verifier = new Digest.Verifier("host", "SHA-256", 60_000);
        Digest.Challenge one = challenge(verifier, 1_000);
        Digest.Challenge other = challenge(verifier, 1_001);
        assertThat(IntStream.of(1, 2, 5, 4, 3, 100, 37, 68).mapToObj(count -> answered(verifier, one, count, 2_000)))
                .containsOnly(Digest.Verifier.Verdict.GOOD);
        assertThat(IntStream.of(1, 2, 3, 4, 5, 37, 68, 100, 0, 36)
                        .mapToObj(count -> answered(verifier, one, count, 2_000)))
                .containsOnly(Digest.Verifier.Verdict.REPLAYED);
        assertThat(answered(verifier, other, 1, 2_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
        assertThat(answered(verifier, one, 101, 62_000)).isEqualTo(Digest.Verifier.Verdict.STALE);
    }

    @Test
    void nonceCountsStayBoundedAndWhatIsForgottenIsNotTaken() {
        var counts = new NonceCounts(60_000);
        for (int i = 0; i < NonceCounts.MOST; i++) {
            assertThat(counts.take("n" + i, i, 1, 20_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
        }
        assertThat(counts.take("new", 20_000, 1, 20_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
        assertThat(counts.size()).isEqualTo(NonceCounts.MOST);
        assertThat(counts.take("n0", 0, 1, 20_000)).as("forgotten").isEqualTo(Digest.Verifier.Verdict.STALE);
        assertThat(counts.take("n1", 1, 1, 20_000)).isEqualTo(Digest.Verifier.Verdict.REPLAYED);
        assertThat(counts.take("later", 90_000, 1, 90_000)).isEqualTo(Digest.Verifier.Verdict.GOOD);
        assertThat(counts.size()).as("only what is still good").isOne();
    }

    @Test
    void countOfANonceIsEightDigits() {
        assertThat(NonceCounts.parse("0000001f")).isEqualTo(31);
        assertThat(NonceCounts.parse("FFFFFFFF")).isEqualTo(4_294_967_295L);
        assertThat(NonceCounts.parse("1")).isEqualTo(-1);
        assertThat(NonceCounts.parse("0000000g")).isEqualTo(-1);
        assertThat(NonceCounts.parse("-0000001")).isEqualTo(-1);
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
