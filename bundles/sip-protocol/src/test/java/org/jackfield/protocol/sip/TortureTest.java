package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The torture messages of RFC 4475 (by its short names) and RFC 5118, written from what those describe: valid ones are
 * read as they are meant, broken ones are refused for the reason named there.
 */
class TortureTest {
    private static final String REST = "Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKk\r\nMax-Forwards: 70\r\n"
            + "From: <sip:caller@example.net>;tag=242etr\r\nTo: <sip:watson@example.org>\r\nCall-ID: torture\r\n"
            + "Contact: <sip:caller@host5.example.net>\r\n";

    private static SipMessage parse(String text) throws SipParseException {
        return SipParser.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String request(String line) {
        return line + "\r\n" + REST + "CSeq: 8 " + line.substring(0, line.indexOf(' ')) + "\r\n\r\n";
    }

    private static String with(String name, String value) {
        return (request("OPTIONS sip:user@example.com SIP/2.0"))
                .replaceFirst(
                        "(?m)^" + name + ":.*\r\n",
                        java.util.regex.Matcher.quoteReplacement(name + ": " + value + "\r\n"));
    }

    /** RFC 4475 section 3.1.1.1, wsinv: folding, spaces and compact names wherever the grammar allows them. */
    @Test
    @Conformance("DR-41")
    void shortTortuousInviteIsReadAsMeant() throws Exception {
        SipMessage message = parse("INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
                + "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
                + "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n"
                + "MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 6\r\n"
                + "cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\n"
                + "s :\r\nNewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
                + "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n"
                + "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
                + "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
                + " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
                + "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n"
                + "  secondparam ; q = 0.33\r\n\r\nv=0\r\n\r\n");
        assertThat(message.toTag()).isEqualTo("1918181833n");
        assertThat(message.fromTag()).isEqualTo("98asjd8");
        assertThat(message.maxForwards()).isEqualTo(68);
        assertThat(message.cseq()).isEqualTo(9);
        assertThat(message.branch()).isEqualTo("390skdjuw");
        assertThat(message.via().host()).isEqualTo("192.0.2.2");
        assertThat(message.bodyText()).isEqualTo("v=0\r\n\r");
        NameAddr from = NameAddr.parse(message.first(SipHeader.FROM));
        assertThat(from.display()).isEqualTo("\"J Rosenberg \\\\\\\"\"");
        assertThat(NameAddr.parse(message.first(SipHeader.CONTACT)).parameter("q"))
                .isEqualTo("0.33");
        assertThat(message.all(SipHeader.ROUTE))
                .containsExactly("<sip:services.example.com;lr;unknownwith=value;unknown-no-value>");
    }

    static Stream<Arguments> valid() {
        return Stream.of(
                // 3.1.1.2 intmeth: every character that a token may have, and long tokens
                Arguments.of(
                        "intmeth",
                        "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,"
                                + "/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\r\n"
                                + REST
                                + "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\r\n\r\n"),
                // 3.1.1.3 esc01: escapes that mean something and escapes that need not be there
                Arguments.of("esc01", request("INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0")),
                // 3.1.1.4 escnull: an escaped NUL is a character like any other
                Arguments.of(
                        "escnull",
                        request("REGISTER sip:example.com SIP/2.0").replace("sip:watson", "sip:null-%00-null")),
                // 3.1.1.5 esc02: a percent sign that is no escape, in the method and a display name
                Arguments.of(
                        "esc02",
                        "RE%47IST%45R sip:registrar.example.com SIP/2.0\r\n" + REST + "CSeq: 1 RE%47IST%45R\r\n\r\n"),
                // 3.1.1.6 lwsdisp: no space between display name and bracket
                Arguments.of("lwsdisp", with("From", "caller<sip:caller@example.com>;tag=323")),
                // 3.1.1.7 longreq: long values
                Arguments.of(
                        "longreq", with("To", "\"" + "I have a long name ".repeat(60) + "\" <sip:user@example.com>")),
                // 3.1.1.9 semiuri: a semicolon in the user part is part of the user
                Arguments.of("semiuri", request("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0")),
                // 3.1.1.10 transports: all kinds of transport names
                Arguments.of("transports", with("Via", "SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKkdjuw2349i")),
                // 3.1.1.12 unreason: a phrase of bytes beyond ASCII
                Arguments.of(
                        "unreason",
                        "SIP/2.0 200 = 2**3 * 5**2 \u00d0\u00bd\u00d0\u00be\r\n" + REST + "CSeq: 1 INVITE\r\n\r\n"),
                // 3.1.1.13 noreason: no phrase, but the space before it
                Arguments.of("noreason", "SIP/2.0 100 \r\n" + REST + "CSeq: 1 INVITE\r\n\r\n"),
                // 3.1.2.13 baddate, 3.1.2.14 regbadct, 3.1.2.16 baddn: may be taken, what is odd is left alone
                Arguments.of("baddate", with("Contact", "<sip:a@b>\r\nDate: Fri, 01 Jan 2010 16:00:00 EST")),
                Arguments.of("regbadct", with("Contact", "sip:user@example.com?Route=%3Csip:sip.example.com%3E")),
                Arguments.of("baddn", with("From", "Bell, Alexander <sip:a.g.bell@example.com>;tag=43")),
                // 3.3.2 unkscm, 3.3.3 novelsc: schemes of others are read, the answer 416 is the user agent's
                Arguments.of("unkscm", request("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0")),
                Arguments.of("novelsc", request("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0")),
                // 3.3.9 bcast is for matching; 3.3.10 zeromf: nothing wrong with it for who is its end
                Arguments.of("zeromf", with("Max-Forwards", "0")),
                // 3.3.11 cparam01: unknown parameters of a header
                Arguments.of("cparam01", with("Contact", "sip:+19725552222@gw1.example.net;unknownparam")),
                // 3.4.1 inv2543: no branch and no tag
                Arguments.of(
                        "inv2543",
                        "INVITE sip:UserB@example.com SIP/2.0\r\nVia: SIP/2.0/UDP iftgw.example.com\r\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\r\n"
                                + "To: sip:+16505552222@ss1.example.net;user=phone\r\nCall-ID: inv2543\r\nCSeq: 56 INVITE\r\n\r\n"),
                // RFC 5118 4.1, 4.4, 4.5, 4.6, 4.9, 4.10
                Arguments.of("ipv6-good", request("REGISTER sip:[2001:db8::10] SIP/2.0")),
                Arguments.of("port-unambiguous", request("REGISTER sip:[2001:db8::10]:5070 SIP/2.0")),
                Arguments.of("port-ambiguous", request("REGISTER sip:[2001:db8::10:5070] SIP/2.0")),
                Arguments.of(
                        "via-received-param-no-delim",
                        with("Via", "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3")),
                Arguments.of(
                        "via-received-param-with-delim",
                        with("Via", "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3")),
                // RFC 5118 4.7, 4.8: addresses of both kinds in one SDP, and in the Vias of one message
                Arguments.of(
                        "ipv6-in-sdp",
                        request("INVITE sip:user@[2001:db8::10] SIP/2.0")
                                .replaceFirst(
                                        "\r\n\r\n",
                                        "\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=a 1 1 IN IP6 2001:db8::20\r\ns=-\r\n"
                                                + "c=IN IP6 2001:db8::20\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n"
                                                + "m=video 6002 RTP/AVP 34\r\nc=IN IP4 192.0.2.1\r\n")),
                Arguments.of(
                        "mult-ip-in-header",
                        with(
                                "Via",
                                "SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111\r\nVia: SIP/2.0/UDP"
                                        + " 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\r\nVia: SIP/2.0/TCP"
                                        + " [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200")),
                Arguments.of("ipv4-mapped-ipv6", with("From", "<sip:user@[::ffff:192.0.2.10]>;tag=1")),
                Arguments.of("ipv6-bug-abnf-3-colons", request("OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valid")
    void validMessageIsReadAndItsBytesStay(String name, String text) throws Exception {
        SipMessage message = parse(text);
        assertThat(message.toBytes()).as(name).isEqualTo(text.getBytes(StandardCharsets.ISO_8859_1));
        if (message.isRequest()) {
            SipMessage answer = ServerTransaction.prepare(
                            message, new java.net.InetSocketAddress("127.0.0.1", 9), 200, "OK", "t")
                    .build();
            assertThat(answer.callId()).isEqualTo(message.callId());
        }
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                // 3.1.2.1 badinv01: nothing between separators in Via
                Arguments.of("badinv01", with("Via", "SIP/2.0/UDP 192.0.2.15;;,;,,"), Refusal.VIA, false),
                // 3.1.2.2 clerr: Content-Length larger than the datagram
                Arguments.of("clerr", with("Max-Forwards", "70\r\nContent-Length: 9999"), Refusal.BODY_SHORT, true),
                // 3.1.2.3 ncl: a negative one
                Arguments.of("ncl", with("Max-Forwards", "70\r\nContent-Length: -999"), Refusal.CONTENT_LENGTH, true),
                // 3.1.2.4 scalar02: numbers that do not fit
                Arguments.of("scalar02", with("CSeq", "36893488147419103232 OPTIONS"), Refusal.CSEQ, true),
                Arguments.of("scalar02", with("Max-Forwards", "300"), Refusal.MAX_FORWARDS, true),
                // 3.1.2.5 scalarlg: the same in a response, which is dropped
                Arguments.of(
                        "scalarlg",
                        "SIP/2.0 503 No\r\n" + REST + "CSeq: 9292394834772304023312 OPTIONS\r\n\r\n",
                        Refusal.CSEQ,
                        false),
                // 3.1.2.6 quotbal: a quote that stays open
                Arguments.of("quotbal", with("To", "\"Mr. J. User <sip:j.user@example.com>"), Refusal.ADDRESS, true),
                // 3.1.2.7 ltgtruri: brackets around the Request-URI
                Arguments.of("ltgtruri", request("INVITE <sip:user@example.com> SIP/2.0"), Refusal.REQUEST_URI, true),
                // 3.1.2.8 lwsruri: a space in it
                Arguments.of("lwsruri", request("INVITE sip:user@example.com; lr SIP/2.0"), Refusal.START_LINE, true),
                // 3.1.2.9 lwsstart: several spaces in the start line
                Arguments.of(
                        "lwsstart",
                        request("INVITE  sip:user@example.com  SIP/2.0").replace("8 INVITE", "8 INVITE"),
                        Refusal.START_LINE,
                        false),
                // 3.1.2.10 trws: space behind the version
                Arguments.of("trws", request("OPTIONS sip:user@example.com SIP/2.0  "), Refusal.START_LINE, true),
                // 3.1.2.15 badaspec: spaces inside of the brackets
                Arguments.of(
                        "badaspec",
                        with("To", "\"Watson, Thomas\" < sip:t.watson@example.org >"),
                        Refusal.ADDRESS,
                        true),
                // 3.1.2.17 badvers: to be answered 505
                Arguments.of("badvers", request("OPTIONS sip:user@example.com SIP/7.0"), Refusal.VERSION, true),
                // 3.1.2.18 mismatch01, mismatch02: method and CSeq differ
                Arguments.of("mismatch01", with("CSeq", "8 INVITE"), Refusal.CSEQ_METHOD, true),
                Arguments.of(
                        "mismatch02",
                        request("NEWMETHOD sip:user@example.com SIP/2.0").replace("8 NEWMETHOD", "8 INVITE"),
                        Refusal.CSEQ_METHOD,
                        true),
                // 3.1.2.19 bigcode: dropped
                Arguments.of(
                        "bigcode",
                        "SIP/2.0 4294967301 better not break the receiver\r\n" + REST + "CSeq: 1 INVITE\r\n\r\n",
                        Refusal.STATUS_CODE,
                        false),
                // 3.3.1 insuf: no To
                Arguments.of(
                        "insuf",
                        request("INVITE sip:user@example.com SIP/2.0").replaceFirst("To:.*\r\n", ""),
                        Refusal.MISSING_TO,
                        false),
                // 3.3.7 multi01, 3.3.8 mcl01: what may be there once
                Arguments.of("multi01", with("Call-ID", "one\r\nCall-ID: two"), Refusal.DUPLICATE_HEADER, true),
                Arguments.of(
                        "mcl01",
                        with("Max-Forwards", "70\r\nContent-Length: 0\r\nContent-Length: 0"),
                        Refusal.DUPLICATE_HEADER,
                        true),
                // RFC 5118 4.2: an IPv6 address without brackets
                Arguments.of("ipv6-bad", request("REGISTER sip:2001:db8::10 SIP/2.0"), Refusal.REQUEST_URI, true));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("broken")
    void brokenMessageIsRefusedForItsReasonAndAnsweredWhenItCan(
            String name, String text, Refusal refusal, boolean answerable) {
        assertThatThrownBy(() -> parse(text)).as(name).isInstanceOfSatisfying(SipParseException.class, e -> {
            assertThat(e.refusal()).isEqualTo(refusal);
            assertThat(e.answerable() != null).isEqualTo(answerable);
        });
    }

    /** RFC 4475 section 3.1.1.8, dblreq: what follows the body in a datagram is not looked at. */
    @Test
    void secondRequestInADatagramIsIgnored() throws Exception {
        String first = with("Max-Forwards", "70\r\nContent-Length: 0");
        assertThat(parse(first + request("INVITE sip:joe@example.com SIP/2.0")).toBytes())
                .isEqualTo(first.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** RFC 4475 section 3.1.1.11, mpart01: a multipart body with SDP and something binary. */
    @Test
    @Conformance("DR-47")
    void multipartBodyIsTakenApartAndItsBytesStay() throws Exception {
        String sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";
        String body = "preamble\r\n--7a9cbec02ceef655\r\nContent-Type: application/sdp\r\n\r\n" + sdp
                + "\r\n--7a9cbec02ceef655\r\nc: application/pidf+xml\r\nContent-ID: <x@y>\r\n\r\n<presence>\u00fc\0</presence>"
                + "\r\n--7a9cbec02ceef655--\r\nepilogue";
        SipMessage message = parse("INVITE sip:a@b SIP/2.0\r\n" + REST
                + "CSeq: 1 INVITE\r\nContent-Type: multipart/mixed;boundary=\"7a9cbec02ceef655\"\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
        assertThat(Multipart.of(message)).hasSize(2);
        assertThat(Multipart.first(message, "application/sdp").content()).isEqualTo(sdp);
        assertThat(Multipart.first(message, "application/pidf+xml").content())
                .isEqualTo("<presence>\u00fc\0</presence>");
        assertThat(message.bodyText()).isEqualTo(body);
        SipMessage plain = parse("INVITE sip:a@b SIP/2.0\r\n" + REST
                + "CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
        assertThat(Multipart.first(plain, "application/sdp").content()).isEqualTo("v=0\r\n");
    }

    /** RFC 4475 section 3.2.1, badbranch: the cookie alone is no branch, so two calls are two transactions. */
    @Test
    void cookieAloneIsNoBranch() {
        Map<String, String> calls = Map.of("one", "1", "two", "2");
        var heard = new java.util.ArrayList<String>();
        var layer = new TransactionLayer(
                SipTimers.RFC3261,
                new TimerWheel(0),
                new Nowhere(),
                t -> heard.add(t.request().callId()));
        calls.keySet().forEach(call -> {
            try {
                layer.receive(
                        parse(with("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK")
                                .replace("Call-ID: torture", "Call-ID: " + call)),
                        new Nowhere().flow(new Hop(Protocol.UDP, new java.net.InetSocketAddress("192.0.2.1", 5060))));
            } catch (SipParseException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(heard).containsExactlyInAnyOrder("one", "two");
    }

    private static final class Nowhere implements Transport {
        @Override
        public Flow flow(Hop hop) {
            return new Flow() {
                @Override
                public Protocol protocol() {
                    return hop.protocol();
                }

                @Override
                public java.net.InetSocketAddress remote() {
                    return hop.address();
                }

                @Override
                public void send(SipMessage message, Runnable failed) {}
            };
        }

        @Override
        public String sentBy(Protocol protocol) {
            return "192.0.2.2:5060";
        }
    }
}
