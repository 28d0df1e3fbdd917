package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Mutated messages: whatever comes is a message or a named refusal, never anything else; and framing does not care for cuts. */
class SipFuzzTest {
    private static final String[] SEEDS = {
        "INVITE sip:+4930@10.0.0.1:5060;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1;rport\r\n"
                + "Via: SIP/2.0/TCP h;branch=z9hG4bK2\r\nMax-Forwards: 70\r\nFrom: \"A \\\" B\" <sip:a@b>;tag=1\r\n"
                + "To: <sip:c@d>\r\nCall-ID: i@j\r\nCSeq: 1 INVITE\r\nContact: <sip:a@10.0.0.2>\r\nRecord-Route: <sip:r;lr>,"
                + "<sip:s;lr>\r\nSubject: one\r\n two\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
        "SIP/2.0 200 OK\r\nv: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1;received=1.2.3.4\r\nf: sip:a@b;tag=1\r\n"
                + "t: <sip:c@d>;tag=2\r\ni: x\r\nCSeq: 1 INVITE\r\nm: <sip:c@10.0.0.3>\r\nl: 0\r\n\r\n",
        "REFER sip:x SIP/2.0\r\nVIA: SIP/2.0/TLS h:5061;branch=z9hG4bK3\r\nFROM: A<sip:a>;tag=1\r\nTO: <sip:b>;tag=2\r\n"
                + "CALL-ID: c\r\nCSEQ: 7 REFER\r\nREFER-TO: <sip:h:5061;x-m=8:orgid:q?a=b>\r\nREFERRED-BY: <sip:z>\r\n"
                + "CONTENT-LENGTH: 0\r\n\r\n",
    };
    private static final String[] PIECES = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        ":",
        ";",
        ",",
        "<",
        ">",
        "\"",
        "\\",
        " ",
        "\t",
        "\0",
        "=",
        "@",
        "[",
        "]",
        "?",
        "%",
        "SIP/2.0",
        "Content-Length: 99999999999",
        "l: -3",
        "Via:",
        ";tag=",
        ";branch=",
        ";rport",
        "CSeq: x",
        "\r\n ",
        "\u00ff",
        "a".repeat(300),
    };

    private record Mutation(int kind, int at, int length, int piece) {}

    @Provide
    Arbitrary<byte[]> mutated() {
        Arbitrary<Mutation> mutation = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 700),
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.integers().between(0, PIECES.length - 1))
                .as(Mutation::new);
        return Combinators.combine(
                        Arbitraries.of(SEEDS), mutation.list().ofMinSize(1).ofMaxSize(6))
                .as(SipFuzzTest::mutate);
    }

    private static byte[] mutate(String seed, List<Mutation> mutations) {
        StringBuilder text = new StringBuilder(seed);
        for (Mutation m : mutations) {
            int at = Math.min(m.at(), text.length());
            int end = Math.min(at + m.length(), text.length());
            switch (m.kind()) {
                case 0 -> text.insert(at, PIECES[m.piece()]);
                case 1 -> text.delete(at, end);
                case 2 -> text.replace(at, end, PIECES[m.piece()]);
                default -> text.insert(at, text.substring(at, end));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Property(tries = 20_000)
    void whateverComesIsAMessageOrANamedRefusal(@ForAll("mutated") byte[] bytes) {
        SipMessage message;
        try {
            message = SipParser.parse(bytes);
        } catch (SipParseException e) {
            assertThat(e.offset()).isBetween(0, Math.max(bytes.length, 1));
            return;
        }
        everythingCanBeAsked(message);
        if (message.isRequest()) {
            SipMessage answer = ServerTransaction.prepare(
                            message, new java.net.InetSocketAddress("127.0.0.1", 9), 486, "Busy Here", "t")
                    .build();
            assertThat(answer.callId()).isEqualTo(message.callId());
            assertThat(answer.cseq()).isEqualTo(message.cseq());
            assertThat(answer.branch()).isEqualTo(message.branch());
        }
    }

    private static void everythingCanBeAsked(SipMessage message) {
        message.requestUri();
        message.status();
        message.phrase();
        message.fromTag();
        message.toTag();
        message.via();
        message.maxForwards();
        message.bodyText();
        SipUri.parse(message.requestUri());
        for (int i = 0; i < message.headers(); i++) {
            message.name(i);
            NameAddr address = NameAddr.parse(message.value(i));
            SipUri.parse(address.uri());
            address.parameter("tag");
            NameAddr.withoutTag(message.value(i));
            message.all(message.header(i));
        }
    }

    @Property(tries = 300)
    void framingDoesNotCareHowTheStreamIsCut(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<byte[]> sent = new ArrayList<>();
        StringBuilder stream = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            String one = SEEDS[random.nextInt(SEEDS.length)];
            sent.add(one.getBytes(StandardCharsets.ISO_8859_1));
            stream.append(one).append("\r\n".repeat(random.nextInt(4)));
        }
        byte[] bytes = stream.toString().getBytes(StandardCharsets.ISO_8859_1);
        TcpFramer framer = new TcpFramer(SipLimits.DEFAULT);
        List<byte[]> got = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int count = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 2_000));
            System.arraycopy(bytes, at, framer.room(count), framer.offset(), count);
            framer.added(count);
            at += count;
            for (byte[] next = framer.next(); next != null; next = framer.next()) {
                got.add(next);
            }
        }
        assertThat(got).containsExactlyElementsOf(sent);
    }

    @Property(tries = 5_000)
    void rubbishOnAStreamEndsItOrWaitsForMore(@ForAll("mutated") byte[] bytes) {
        TcpFramer framer = new TcpFramer(SipLimits.DEFAULT);
        System.arraycopy(bytes, 0, framer.room(bytes.length), framer.offset(), bytes.length);
        framer.added(bytes.length);
        try {
            int messages = 0;
            for (byte[] next = framer.next(); next != null; next = framer.next()) {
                messages++;
            }
            assertThat(messages).isLessThan(20);
        } catch (SipParseException e) {
            assertThat(e.refusal()).isIn(Refusal.CONTENT_LENGTH, Refusal.TOO_LARGE);
        }
    }
}
