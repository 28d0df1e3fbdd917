package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    @Conformance("ACD-01")
    void frameIsFormatLengthInvokeIdAndDocument() {
        byte[] expected = join(
                new byte[] {0x00, 0x00}, // ECMA-323 Annex G.2: format indicator, no SOAP
                new byte[] {0x00, 0x17}, // length of the whole frame, header included: 8 + 15
                new byte[] {'0', '0', '4', '2'}, // invoke id, four ASCII digits
                bytes("<SystemStatus/>")); // the document, no terminator
        assertThat(new Frame(42, bytes("<SystemStatus/>")).encode()).isEqualTo(expected);
    }

    @Test
    @Conformance("ACD-01")
    void longestFrameRoundTripsAndOneByteMoreIsRefusedBeforeItIsSent() throws Exception {
        byte[] longest = bytes("x".repeat(Frame.MAX_LENGTH - Frame.HEADER));
        byte[] wire = new Frame(9998, longest).encode();
        assertThat(wire).hasSize(65_535);
        assertThat(wire[2]).isEqualTo((byte) 0xff);
        assertThat(wire[3]).isEqualTo((byte) 0xff);
        var decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(wire));
        assertThat(decoder.next().xml()).isEqualTo(longest);
        assertThatThrownBy(() -> new Frame(1, bytes("x".repeat(Frame.MAX_LENGTH - Frame.HEADER + 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
    }

    @Test
    @Conformance("ACD-02")
    void lengthCountsEncodedBytes() throws Exception {
        byte[] xml = MessageEncoder.encode(
                new AgentMessage.Get("J\u00fcrgen \ud83d\ude00", null), Edition.ED4); // U+00FC: 2 bytes, U+1F600: 4
        byte[] wire = new Frame(1, xml).encode();
        assertThat(((wire[2] & 0xff) << 8) | (wire[3] & 0xff)).isEqualTo(wire.length);
        var decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(wire));
        assertThat(new MessageDecoder().decode(decoder.next().xml()))
                .isEqualTo(new AgentMessage.Get("J\u00fcrgen \ud83d\ude00", null));
    }

    private static List<String> read(byte[] stream, IntStream cuts) throws CstaFormatException {
        var decoder = new FrameDecoder();
        List<String> found = new ArrayList<>();
        int from = 0;
        for (int to : IntStream.concat(cuts, IntStream.of(stream.length)).toArray()) {
            decoder.feed(ByteBuffer.wrap(stream, from, to - from));
            from = to;
            for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                found.add(frame.invokeId() + new String(frame.xml(), StandardCharsets.UTF_8));
            }
        }
        assertThat(decoder.midFrame()).isFalse();
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @Conformance("ACD-03")
    void anySplitOfTheStreamGivesTheSameFrames(long seed) throws Exception {
        var random = new Random(seed);
        var stream = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            String xml = "<m>" + "y".repeat(random.nextInt(3000)) + "</m>";
            stream.writeBytes(new Frame(i, bytes(xml)).encode());
            expected.add(i + xml);
        }
        byte[] all = stream.toByteArray();
        assertThat(read(all, IntStream.empty())).isEqualTo(expected);
        assertThat(read(all, IntStream.range(1, all.length))).isEqualTo(expected);
        assertThat(read(all, random.ints(40, 1, all.length).sorted())).isEqualTo(expected);
    }

    @Test
    @Conformance("ACD-04")
    void headerThatIsNoneIsRefusedWithItsName() {
        assertThat(fault(0, 1, 0, 12, '0', '0', '0', '1')).isEqualTo(Fault.FORMAT_INDICATOR);
        assertThat(fault(7)).isEqualTo(Fault.FORMAT_INDICATOR);
        assertThat(fault(0, 0, 0, 7)).isEqualTo(Fault.LENGTH);
        assertThat(fault(0, 0, 0, 12, '0', '0', 'a', '1')).isEqualTo(Fault.INVOKE_ID);
        assertThat(fault(0, 0, 0, 12, '0', ' ', '0', '1')).isEqualTo(Fault.INVOKE_ID);
    }

    private static Fault fault(int... octets) {
        var decoder = new FrameDecoder();
        for (int octet : octets) {
            decoder.feed(ByteBuffer.wrap(new byte[] {(byte) octet}));
        }
        try {
            decoder.next();
            throw new AssertionError("frame: taken (expected: a fault)");
        } catch (CstaFormatException e) {
            return e.fault();
        }
    }

    @Test
    void lengthAbove32767IsUnsigned() throws Exception {
        byte[] xml = bytes("z".repeat(40_000));
        var decoder = new FrameDecoder();
        decoder.feed(ByteBuffer.wrap(new Frame(1, xml).encode()));
        assertThat(decoder.next().xml()).hasSize(40_000);
    }
}
