package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes against the clauses of RFC 3261 that they follow or break. */
class SipParserTest {
    private static final String HEAD = "INVITE sip:bob@biloxi.example SIP/2.0\r\n";
    private static final String NEEDED = "Via: SIP/2.0/UDP pc33.example;branch=z9hG4bK776\r\n" // section 8.1.1.7
            + "From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n" // section 8.1.1.3
            + "To: Bob <sip:bob@biloxi.example>\r\n" // section 8.1.1.2
            + "Call-ID: a84b4c76e66710\r\n" // section 8.1.1.4
            + "CSeq: 314159 INVITE\r\n"; // section 8.1.1.5

    private static SipMessage parse(String text) throws SipParseException {
        return SipParser.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void refused(String text, Refusal refusal) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        SipParseException.class,
                        e -> assertThat(e.refusal()).as(e.getMessage()).isEqualTo(refusal));
    }

    @Test
    void requestGivesItsPartsWithoutChangingThem() throws Exception {
        SipMessage message = parse(HEAD + NEEDED + "Max-Forwards: 70\r\n" // section 20.22
                + "Contact: <sip:alice@pc33.example>\r\n" // section 20.10
                + "Content-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\n"); // section 20.14
        assertThat(message.isRequest()).isTrue();
        assertThat(message.method()).isEqualTo(SipMethod.INVITE);
        assertThat(message.requestUri()).isEqualTo("sip:bob@biloxi.example");
        assertThat(message.callId()).isEqualTo("a84b4c76e66710");
        assertThat(message.cseq()).isEqualTo(314_159);
        assertThat(message.fromTag()).isEqualTo("1928301774");
        assertThat(message.toTag()).isNull();
        assertThat(message.branch()).isEqualTo("z9hG4bK776");
        assertThat(message.maxForwards()).isEqualTo(70);
        assertThat(message.bodyText()).isEqualTo("v=0\n");
    }

    @Test
    void responseGivesStatusPhraseAndMethod() throws Exception {
        SipMessage message = parse("SIP/2.0 183 Session  Progress \u00fc\r\n" + NEEDED + "\r\n"); // section 7.2
        assertThat(message.isRequest()).isFalse();
        assertThat(message.status()).isEqualTo(183);
        assertThat(message.phrase()).isEqualTo("Session  Progress \u00fc");
        assertThat(message.method()).isEqualTo(SipMethod.INVITE);
        assertThat(parse("SIP/2.0 200 \r\n" + NEEDED + "\r\n").phrase()).isEmpty(); // the phrase may be empty
    }

    @Test
    @Conformance("DR-13")
    void namesInUpperCaseAndCompactFormsAreKnown() throws Exception {
        SipMessage message = parse("BYE sip:h SIP/2.0\r\nv: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFROM: <sip:a>;TAG=1\r\n"
                + "t: <sip:b>;tag=2\r\nI: x\r\nCSEQ: 2 BYE\r\nm: <sip:c>\r\nR: <sip:d>\r\nB: <sip:e>\r\nl: 0\r\n\r\n");
        assertThat(message.fromTag()).isEqualTo("1");
        assertThat(message.toTag()).isEqualTo("2");
        assertThat(message.callId()).isEqualTo("x");
        assertThat(message.first(SipHeader.CONTACT)).isEqualTo("<sip:c>");
        assertThat(message.first(SipHeader.REFER_TO)).isEqualTo("<sip:d>");
        assertThat(message.first(SipHeader.REFERRED_BY)).isEqualTo("<sip:e>");
        assertThat(message.name(message.find(SipHeader.REFER_TO))).isEqualTo("R");
    }

    @Test
    void foldedLinesAndSpaceBeforeTheColonAreOneValue() throws Exception {
        SipMessage message =
                parse(HEAD + NEEDED + "Subject  : I know you're there,\r\n   pick up\r\n\tthe phone\r\n\r\n");
        assertThat(message.first("subject")).isEqualTo("I know you're there, pick up the phone"); // section 7.3.1
    }

    @Test
    @Conformance("DR-41")
    void oddThingsThatTeamsSendsAreFine() throws Exception {
        SipMessage message = parse("INVITE sip:+44#12@sbc.example:5061;user=phone;transport=tls SIP/2.0\r\n"
                + "FROM: John Doe<sip:+441273@sip.pstnhub.microsoft.com:5061;user=phone>;tag=9A-b\r\n"
                + "TO: <sip:+44#12@sbc.example:5061;user=phone>\r\nCSEQ: 1 INVITE\r\nCALL-ID: 7f\r\n"
                + "VIA: SIP/2.0/TLS 52.114.1.1:5061;branch=z9hG4bK7\r\nMAX-FORWARDS: 70\r\n\r\n");
        SipUri uri = SipUri.parse(message.requestUri());
        assertThat(uri.user()).isEqualTo("+44#12");
        assertThat(uri.parameter("user")).isEqualTo("phone");
        assertThat(uri.parameter("transport")).isEqualTo("tls");
        NameAddr from = NameAddr.parse(message.first(SipHeader.FROM));
        assertThat(from.display()).isEqualTo("John Doe");
        assertThat(from.parameter("tag")).isEqualTo("9A-b");
        assertThat(NameAddr.withoutTag(message.first(SipHeader.FROM)))
                .isEqualTo("John Doe<sip:+441273@sip.pstnhub.microsoft.com:5061;user=phone>");
    }

    @Test
    @Conformance("DR-13")
    void sixteenKilobytesArePossible() throws Exception {
        String big = "X-Big: " + "a".repeat(16_000) + "\r\n";
        assertThat(parse(HEAD + NEEDED + big + "\r\n").first("X-Big")).hasSize(16_000);
        String body = "b".repeat(40_000);
        assertThat(parse(HEAD + NEEDED + "Content-Length: 40000\r\n\r\n" + body).bodyText())
                .isEqualTo(body);
    }

    @Test
    void commaSeparatedValuesAreSplitOutsideOfQuotesAndBrackets() throws Exception {
        SipMessage message =
                parse(HEAD + NEEDED + "Route: <sip:a;lr>,  \"x, \\\" y\" <sip:b,c;lr>\r\nRoute: <sip:d>\r\n\r\n");
        assertThat(message.all(SipHeader.ROUTE)).containsExactly("<sip:a;lr>", "\"x, \\\" y\" <sip:b,c;lr>", "<sip:d>");
    }

    @Test
    void tagsAreFoundBehindQuotesOnly() throws Exception {
        SipMessage message = parse(HEAD
                + NEEDED.replace(
                        "From: Alice <sip:alice@atlanta.example>;tag=1928301774",
                        "From: \"A;tag=no <;\\\"\" <sip:a@b;tag=neither>;x=1;tag = yes")
                + "\r\n");
        assertThat(message.fromTag()).isEqualTo("yes");
    }

    @Test
    void bodyLongerThanContentLengthIsCut() throws Exception {
        assertThat(parse(HEAD + NEEDED + "Content-Length: 2\r\n\r\nabcdef").bodyText()) // section 18.3
                .isEqualTo("ab");
    }

    @Test
    void emptyLinesBeforeTheStartLineAreSkipped() throws Exception {
        assertThat(parse("\r\n\r\n" + HEAD + NEEDED + "\r\n").callId()).isEqualTo("a84b4c76e66710"); // section 7.5
    }

    @Test
    void copiedHeadersAreTheSameBytes() throws Exception {
        String odd = "x-OdD:\t a=\"\u00e4\u0001\";B=%3D ,,c\r\n  folded";
        SipMessage message = parse(HEAD + NEEDED + odd + "\r\n\r\n");
        SipMessage copy = SipWriter.request("INVITE", "sip:x")
                .copyAll(message, SipHeader.VIA)
                .copyAll(message, SipHeader.FROM)
                .copyAll(message, SipHeader.TO)
                .copyAll(message, SipHeader.CALL_ID)
                .copyAll(message, SipHeader.CSEQ)
                .copy(message, message.headers() - 1)
                .build();
        assertThat(new String(copy.toBytes(), StandardCharsets.ISO_8859_1))
                .contains("\r\n" + odd + "\r\n")
                .contains("\r\nFrom: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVITE  sip:b SIP/2.0|START_LINE",
                "INVITE sip:b|START_LINE",
                "INV@TE sip:b SIP/2.0|START_LINE",
                "INVITE sip:b SIP/3.0|VERSION",
                "INVITE sip:b SIP/2.0 x|START_LINE",
                "SIP/2.0 99 Low|STATUS_CODE",
                "SIP/2.0 700 High|STATUS_CODE",
                "SIP/2.0 2000 Long|STATUS_CODE",
            })
    void badStartLinesAreRefused(String line, Refusal refusal) {
        refused(line + "\r\n" + NEEDED + "\r\n", refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Via", "From", "To", "Call-ID", "CSeq"})
    void headersThatMustBeThereAreMissed(String name) {
        String without = NEEDED.replaceAll("(?m)^" + name + ":.*\r\n", "");
        refused(
                HEAD + without + "\r\n",
                Refusal.valueOf("MISSING_" + name.toUpperCase().replace('-', '_')));
    }

    @Test
    void brokenHeadersAreRefusedByName() {
        refused(HEAD + NEEDED + "CSeq: 1 INVITE\r\n\r\n", Refusal.DUPLICATE_HEADER);
        refused(HEAD + NEEDED.replace("314159 INVITE", "2147483648 INVITE") + "\r\n", Refusal.CSEQ);
        refused(HEAD + NEEDED.replace("314159 INVITE", "314159INVITE") + "\r\n", Refusal.CSEQ);
        refused(HEAD + NEEDED.replace("314159 INVITE", "314159 BYE") + "\r\n", Refusal.CSEQ_METHOD);
        refused(HEAD + NEEDED.replace("SIP/2.0/UDP pc33", "SIP/2.0 pc33") + "\r\n", Refusal.VIA);
        refused(HEAD + NEEDED + "Max-Forwards: 256\r\n\r\n", Refusal.MAX_FORWARDS);
        refused(HEAD + NEEDED + "Content-Length: -1\r\n\r\n", Refusal.CONTENT_LENGTH);
        refused(HEAD + NEEDED + "Content-Length: 5\r\n\r\nabcd", Refusal.BODY_SHORT);
        refused(HEAD + NEEDED + "No Colon Here\r\n\r\n", Refusal.HEADER_NAME);
        refused(HEAD + NEEDED + ": no name\r\n\r\n", Refusal.HEADER_NAME);
        refused(HEAD + NEEDED, Refusal.NO_END_OF_HEADERS);
        refused(HEAD + NEEDED + "X: a\nY: b\r\n\r\n", Refusal.LINE_END);
        refused(HEAD + NEEDED + "X: a\rY: b\r\n\r\n", Refusal.LINE_END);
        refused(HEAD + NEEDED + "X: a\0b\r\n\r\n", Refusal.CONTROL_CHARACTER);
        refused(HEAD + NEEDED + "X: " + "y".repeat(20_000) + "\r\n\r\n", Refusal.HEADER_TOO_LONG);
        refused(HEAD + NEEDED + "X: y\r\n".repeat(300) + "\r\n", Refusal.TOO_MANY_HEADERS);
        refused("", Refusal.EMPTY);
        refused("\r\n\r\n", Refusal.EMPTY);
        refused("x".repeat(70_000), Refusal.TOO_LARGE);
    }

    @Test
    void viaGivesWhereResponsesGo() throws Exception {
        Via via = parse("OPTIONS sip:h SIP/2.0\r\nVia: SIP / 2.0 / UDP first.example: 4000;ttl=16;maddr=224.2.0.1 ;"
                        + "branch=z9hG4bKa7c6a8dlze.1, SIP/2.0/TCP second\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\n"
                        + "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n") // spacing as in section 20.42
                .via();
        assertThat(via.host()).isEqualTo("first.example");
        assertThat(via.port()).isEqualTo(4000);
        assertThat(via.transport()).isEqualTo("UDP");
        assertThat(via.branch()).isEqualTo("z9hG4bKa7c6a8dlze.1");
        assertThat(via.rport()).isFalse();
    }

    @Test
    void urisAreTakenApart() {
        SipUri uri = SipUri.parse("SIPS:alice;day=tue:pw@[2001:db8::10]:5070;method=REGISTER?to=sip:b%40h");
        assertThat(uri.scheme()).isEqualTo("sips");
        assertThat(uri.user()).isEqualTo("alice;day=tue:pw");
        assertThat(uri.number()).isEqualTo("alice");
        assertThat(uri.host()).isEqualTo("2001:db8::10");
        assertThat(uri.port()).isEqualTo(5070);
        assertThat(uri.parameter("METHOD")).isEqualTo("REGISTER");
        assertThat(uri.headers()).isEqualTo("to=sip:b%40h");
        assertThat(SipUri.parse("tel:+49").host()).isEmpty();
        assertThat(SipUri.parse("sip:host:99999").port()).isZero();
        assertThat(List.of(SipUri.parse("").host(), SipUri.parse("sip:").host()))
                .containsOnly("");
    }

    @Test
    void numericHostsAreHopsAndNamesAreNot() {
        assertThat(Hop.ofNumeric(SipUri.parse("sip:10.0.0.1:5062;transport=tcp"), Protocol.UDP))
                .hasToString("10.0.0.1:5062;tcp");
        assertThat(Hop.ofNumeric(SipUri.parse("sip:[::1]"), Protocol.UDP)).hasToString("[0:0:0:0:0:0:0:1]:5060;udp");
        assertThat(Hop.ofNumeric(SipUri.parse("sip:host1"), Protocol.UDP)).isNull();
        assertThat(Hop.ofNumeric(SipUri.parse("sip:example.com"), Protocol.UDP)).isNull();
        assertThat(Hop.ofNumeric(SipUri.parse("sip:10.0.0.1;transport=tls"), Protocol.UDP))
                .isNull();
    }
}
