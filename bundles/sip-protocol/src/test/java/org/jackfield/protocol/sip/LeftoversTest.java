package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Each is found by its whole key and goes when its own time is over, by one timer for all. */
class LeftoversTest {
    private static final byte[] NOTHING = {};

    private final TimerWheel wheel = new TimerWheel(0);
    private final List<String> gone = new ArrayList<>();
    private final Leftovers<String> leftovers = new Leftovers<>(wheel, 1_000, String.class, gone::add);

    private void keep(String key, String to) {
        leftovers.keep(key, to, NOTHING);
    }

    private String to(String key) {
        Leftovers.Found<String> found = leftovers.find(key);
        return found == null ? "nobody" : found.to();
    }

    @Test
    void eachGoesSoonAfterItsOwnTimeByOneTimerThatEndsWithTheLast() {
        keep("a", "first");
        wheel.advance(700);
        keep("b", "second");
        keep("c", "third");
        assertThat(wheel.size()).isEqualTo(1);
        wheel.advance(990);
        assertThat(to("a")).isEqualTo("first");
        wheel.advance(1_000 + TimerWheel.LOOSE);
        assertThat(to("a")).isEqualTo("nobody");
        assertThat(to("b")).isEqualTo("second");
        assertThat(gone).containsExactly("first");
        wheel.advance(1_690);
        assertThat(leftovers.size()).isEqualTo(2);
        wheel.advance(1_700 + TimerWheel.LOOSE);
        assertThat(gone).containsExactly("first", "second", "third");
        assertThat(wheel.size()).isZero();
        keep("a", "again");
        wheel.advance(2_700 + 2 * TimerWheel.LOOSE);
        assertThat(gone).endsWith("again");
        assertThat(leftovers.size()).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void whatIsSaidAgainComesBackByteForByteAndIsNoPartOfTheKey() {
        leftovers.keep("z9hG4bK1|BYE", "peer", Ascii.bytes("SIP/2.0 200 OK\r\n\u00fc"));
        Leftovers.Found<String> found = leftovers.find("z9hG4bK1|BYE");
        assertThat(found).isNotNull();
        assertThat(found.said().bytes()).isEqualTo(Ascii.bytes("SIP/2.0 200 OK\r\n\u00fc"));
        assertThat(to("z9hG4bK1|BYESIP/2.0 200 OK\r\n\u00fc")).isEqualTo("nobody");
        assertThat(to("z9hG4bK1|BY")).isEqualTo("nobody");
    }

    /** A peer chooses its branches, and what differs by a multiple of the polynomial has one CRC-32C. */
    @Test
    void keysWithOneHashAreToldApartHoweverManyThereAre() {
        long polynomial = 1 | 0x82F6_3B78L << 1;
        byte[] one = Ascii.bytes("Aa0-_");
        byte[] other = one.clone();
        for (int i = 0; i < other.length; i++) {
            other[i] ^= (byte) (polynomial >> 8 * i);
        }
        List<String> keys = List.of("");
        for (int length = 0; length < 12; length++) {
            List<String> longer = new ArrayList<>();
            keys.forEach(key -> {
                longer.add(key + new String(one, StandardCharsets.ISO_8859_1));
                longer.add(key + new String(other, StandardCharsets.ISO_8859_1));
            });
            keys = longer;
        }
        assertThat(keys).hasSize(4_096).doesNotHaveDuplicates();
        assertThat(keys.stream().map(LeftoversTest::checksum).distinct()).hasSize(1);
        keys.forEach(key -> keep(key, key));
        assertThat(leftovers.size()).isEqualTo(4_096);
        assertThat(keys).allMatch(key -> to(key).equals(key));
    }

    private static long checksum(String key) {
        CRC32C checksum = new CRC32C();
        checksum.update(key.getBytes(StandardCharsets.ISO_8859_1));
        return checksum.getValue();
    }
}
