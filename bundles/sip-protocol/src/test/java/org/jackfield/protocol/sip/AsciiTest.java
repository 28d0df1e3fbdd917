package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AsciiTest {
    /** Eight bytes are looked at in one: each code at each place among each kind of neighbour, and none beyond the range. */
    @Test
    void firstControlCodeIsFoundWhereverItStandsAndWhateverStandsAround() {
        for (int neighbour : new int[] {14, ' ', 'a', 0x7f, 0x80, 0x8d, 0xff}) {
            for (int code = 0; code < 256; code++) {
                for (int at = 0; at < 20; at++) {
                    byte[] bytes = new byte[24];
                    Arrays.fill(bytes, (byte) neighbour);
                    bytes[at] = (byte) code;
                    bytes[21] = '\r';
                    for (int from = 0; from <= at; from++) {
                        assertThat(Ascii.control(bytes, from, 20))
                                .as("code %d at %d among %d, from %d", code, at, neighbour, from)
                                .isEqualTo(code <= '\r' ? at : 20);
                    }
                }
            }
        }
    }

    @Test
    void firstOfSeveralControlCodesIsTheOne() {
        byte[] bytes = Ascii.bytes("abc\t\n\r\0\u000e\u00ff\t");
        assertThat(Ascii.control(bytes, 0, bytes.length)).isEqualTo(3);
        assertThat(Ascii.control(bytes, 4, bytes.length)).isEqualTo(4);
        assertThat(Ascii.control(bytes, 7, bytes.length)).isEqualTo(9);
        assertThat(Ascii.control(bytes, 7, 9)).isEqualTo(9);
    }
}
