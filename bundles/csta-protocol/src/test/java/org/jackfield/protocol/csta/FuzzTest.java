package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jackfield.testkit.Conformance;

/**
 * Mutated messages: whatever comes is a message or a named fault, never another exception and never a hang.
 * Two of three inputs keep a whole frame around the mutated document, so that they get past the framing.
 */
class FuzzTest {
    private static final List<CstaMessage> SEEDS = VectorTest.vectors()
            .map(arguments -> (CstaMessage) arguments.get()[0])
            .toList();
    private static final String[] SNIPPETS = {
        "<",
        ">",
        "</",
        "/>",
        "&amp;",
        "&x;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?x?>",
        "<!DOCTYPE a>",
        "<a>",
        "</a>",
        "<callID>",
        "</callID>",
        "<cause/>",
        "xmlns=\"\"",
        "xmlns:a='b'",
        "\u0000",
        "\u00fc",
        "&#65;",
        "&#1;",
        "\"",
        "'",
        "<deviceIdentifier>",
        "</connection>",
        "65536",
        "-1"
    };
    private static int messages;
    private static int faults;

    private final MessageDecoder decoder = new MessageDecoder();

    @Property(tries = 20_000)
    @Conformance({"ACD-04", "ACD-10"})
    void anyInputIsAMessageOrANamedFault(@ForAll long seed) {
        var random = new Random(seed);
        CstaMessage message = SEEDS.get(random.nextInt(SEEDS.size()));
        byte[] xml = MessageEncoder.encode(message, Edition.values()[random.nextInt(Edition.values().length)]);
        byte[] wire;
        if (random.nextInt(3) > 0) {
            wire = new Frame(random.nextInt(10_000), mutated(xml, random)).encode();
        } else {
            wire = mutated(new Frame(random.nextInt(10_000), xml).encode(), random);
        }
        var frames = new FrameDecoder();
        try {
            frames.feed(ByteBuffer.wrap(wire));
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                Received received = decoder.decode(frame);
                assertThat(received.message()).isNotNull();
                assertThat(received.raw()).isNotNull();
                messages++;
            }
        } catch (CstaFormatException e) {
            assertThat(e.fault()).isNotNull();
            faults++;
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] now = bytes;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            int at = random.nextInt(now.length + 1);
            int to = Math.min(now.length, at + random.nextInt(20));
            now = switch (random.nextInt(5)) {
                case 0 ->
                    spliced(now, at, at, SNIPPETS[random.nextInt(SNIPPETS.length)].getBytes(StandardCharsets.UTF_8));
                case 1 -> spliced(now, at, to, new byte[0]);
                case 2 -> spliced(now, at, at, Arrays.copyOfRange(now, at, to));
                case 3 -> spliced(now, at, Math.min(now.length, at + 1), new byte[] {(byte) random.nextInt(256)});
                default -> now.length == 0 ? now : Arrays.copyOf(now, random.nextInt(now.length));
            };
        }
        return now.length > 60_000 ? Arrays.copyOf(now, 60_000) : now;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        byte[] out = new byte[bytes.length - (to - from) + between.length];
        System.arraycopy(bytes, 0, out, 0, from);
        System.arraycopy(between, 0, out, from, between.length);
        System.arraycopy(bytes, to, out, from + between.length, bytes.length - to);
        return out;
    }

    @AfterContainer
    static void bothKindsWereSeen() {
        assertThat(messages).isGreaterThan(500);
        assertThat(faults).isGreaterThan(5000);
    }
}
