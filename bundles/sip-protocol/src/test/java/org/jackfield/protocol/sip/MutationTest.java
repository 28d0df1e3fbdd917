package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Messages mutated with regard to their structure go through parser and transactions: nothing hangs, throws or is left
 * over. Half of them are mutated behind start line and Via only, so that they get past the front door.
 * 20,000 messages; {@code -Djackfield.fuzz.messages} for more, {@code -Djackfield.seed} to see one run again.
 */
class MutationTest {
    private static final String[] METHODS = {
        "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REFER", "NOTIFY", "PRACK", "UPDATE", "FOO"
    };
    private static final String[] VALUES = {
        "",
        ",",
        ";",
        "<",
        ">",
        "\"",
        "<sip:a@b>",
        "sip:",
        "sip:@",
        "sip:[",
        "<sip:[::1]:99999>;tag=",
        ";tag=x",
        "0",
        "-1",
        "99999999999999999999",
        "1 INVITE",
        "1 1 INVITE",
        "2147483647 BYE",
        "100rel",
        "timer",
        "a;to-tag=1;from-tag=2",
        "Digest realm=\"x",
        "Q.850;cause=16;text=\"",
        "<sip:a?Reason=%",
        "multipart/mixed;boundary=x",
        "3600;refresher=uac",
        "terminated;reason=noresource",
        "\t\r\n x",
        "\u00ff\u00fe",
        "%00%0",
        "z9hG4bK",
        "*",
        "x".repeat(2_000),
    };

    private final Random random;
    private final long seed = Long.getLong("jackfield.seed", System.nanoTime());
    private final TimerWheel wheel = new TimerWheel(0);
    private long now;
    private int answered;
    private int refused;

    MutationTest() {
        random = new Random(seed);
    }

    private final Flow flow = new Flow() {
        @Override
        public Protocol protocol() {
            return Protocol.UDP;
        }

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress("192.0.2.9", 5060);
        }

        @Override
        public void send(SipMessage message, @Nullable Runnable failed) {
            answered++;
        }
    };

    private final SipListener user = new SipListener() {
        @Override
        public void onRequest(ServerTransaction transaction) {
            ask(transaction.request());
            switch (random.nextInt(4)) {
                case 0 -> transaction.respond(200, "OK");
                case 1 -> transaction.respond(486, "Busy Here");
                case 2 -> {
                    if (transaction.request().method() == SipMethod.INVITE) {
                        transaction.respondReliably(transaction.response(183, "Progress"));
                        transaction.onPrack(transaction.request());
                    } else {
                        transaction.respond(200, "OK");
                    }
                }
                default -> transaction.respond(500, "No");
            }
        }
    };

    private final TransactionLayer layer = new TransactionLayer(
            SipTimers.RFC3261,
            wheel,
            new Transport() {
                @Override
                public Flow flow(Hop hop) {
                    return flow;
                }

                @Override
                public String sentBy(Protocol protocol) {
                    return "192.0.2.1:5060";
                }
            },
            user);

    private static void ask(SipMessage message) {
        Reason.of(message);
        HistoryInfo.of(message);
        SessionId.of(message);
        SessionTimer.of(message);
        SessionTimer.least(message);
        Multipart.of(message);
        SipFrag.status(message.bodyText());
        SipFrag.last(message);
        ClientTransaction.rseq(message);
        Digest.Challenge.all(message);
        new Digest.Verifier("x", "MD5", 1).check(message, SipHeader.AUTHORIZATION, name -> "p", 1);
        String replaces = message.first(SipHeader.REPLACES);
        if (replaces != null) {
            Replaces.parse(replaces);
        }
        Dialog dialog = Dialog.uas(message, "t", new Hop(Protocol.UDP, new InetSocketAddress("192.0.2.9", 5060)));
        dialog.hop();
        dialog.refreshTarget(message);
        dialog.state();
    }

    @Test
    void nothingHangsThrowsOrIsLeftOver() {
        int messages = Integer.getInteger("jackfield.fuzz.messages", 20_000);
        for (int i = 0; i < messages; i++) {
            byte[] bytes = (random.nextBoolean() ? behindTheVia(i) : anywhere(i)).getBytes(StandardCharsets.ISO_8859_1);
            try {
                layer.receive(SipParser.parse(bytes), flow);
            } catch (SipParseException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", message " + i + ":\n" + new String(bytes, StandardCharsets.ISO_8859_1), e);
            }
            if (i % 100 == 0) {
                now += 10;
                wheel.advance(now);
            }
        }
        for (int i = 0; i < 14_000; i++) {
            now += 10;
            wheel.advance(now);
        }
        assertThat(layer.size()).as("transactions left over, seed %d", seed).isZero();
        assertThat(layer.sources()).as("sources left over, seed %d", seed).isZero();
        assertThat(wheel.size()).as("timers left over, seed %d", seed).isZero();
        assertThat(answered).isGreaterThan(messages / 10);
        assertThat(refused).isGreaterThan(messages / 100);
    }

    /** Whole and sound up to the Via; then headers that are dropped, doubled, swapped, cut or get odd values. */
    private String behindTheVia(int i) {
        String method = METHODS[random.nextInt(METHODS.length)];
        StringBuilder text = new StringBuilder();
        boolean response = random.nextInt(4) == 0;
        text.append(response ? "SIP/2.0 " + (100 + random.nextInt(600)) + " X" : method + " sip:a@b SIP/2.0")
                .append("\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK")
                .append(random.nextInt(3) == 0 ? random.nextInt(50) : i)
                .append("\r\n");
        boolean sound = random.nextBoolean();
        if (sound) {
            text.append("From: <sip:b>;tag=9\r\nTo: <sip:a>\r\nCall-ID: c")
                    .append(i)
                    .append("\r\nCSeq: ")
                    .append(random.nextInt(100))
                    .append(' ')
                    .append(method)
                    .append("\r\n");
        } else {
            for (String name : new String[] {"From", "To", "Call-ID"}) {
                text.append(name).append(": ").append(value()).append("\r\n");
            }
            text.append("CSeq: 1 ").append(method).append("\r\n");
        }
        SipHeader[] headers = SipHeader.values();
        for (int n = random.nextInt(8); n > 0; n--) {
            SipHeader header = headers[1 + random.nextInt(headers.length - 1)];
            boolean single = header == SipHeader.FROM
                    || header == SipHeader.TO
                    || header == SipHeader.CALL_ID
                    || header == SipHeader.CSEQ;
            if (!single || random.nextInt(10) == 0) {
                text.append(header.text()).append(": ").append(value()).append("\r\n");
            }
        }
        text.append("\r\n");
        if (random.nextInt(3) == 0) {
            text.append("--x\r\n\r\n").append(value()).append("\r\n--x--");
        }
        return text.toString();
    }

    private String value() {
        String value = VALUES[random.nextInt(VALUES.length)];
        return random.nextInt(3) == 0 ? value + VALUES[random.nextInt(VALUES.length)] : value;
    }

    private String anywhere(int i) {
        StringBuilder text = new StringBuilder(behindTheVia(i));
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(20));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, value());
                case 2 -> text.setCharAt(at, (char) random.nextInt(256));
                default -> text.insert(at, text.substring(at, end));
            }
            if (text.isEmpty()) {
                break;
            }
        }
        return text.toString();
    }
}
