package org.jackfield.protocol.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each goes when its own time is over, by one timer for all. */
class LeftoversTest {
    private final TimerWheel wheel = new TimerWheel(0);
    private final List<String> gone = new ArrayList<>();
    private final Leftovers<String> leftovers = new Leftovers<>(wheel, 1_000, gone::add);

    @Test
    void eachGoesSoonAfterItsOwnTimeByOneTimerThatEndsWithTheLast() {
        leftovers.keep("a", "first");
        wheel.advance(700);
        leftovers.keep("b", "second");
        leftovers.keep("c", "third");
        assertThat(wheel.size()).isEqualTo(1);
        wheel.advance(990);
        assertThat(leftovers.find("a")).isEqualTo("first");
        wheel.advance(1_000 + TimerWheel.LOOSE);
        assertThat(leftovers.find("a")).isNull();
        assertThat(leftovers.find("b")).isEqualTo("second");
        assertThat(gone).containsExactly("first");
        wheel.advance(1_690);
        assertThat(leftovers.size()).isEqualTo(2);
        wheel.advance(1_700 + TimerWheel.LOOSE);
        assertThat(gone).containsExactly("first", "second", "third");
        assertThat(wheel.size()).isZero();
        leftovers.keep("a", "again");
        wheel.advance(2_700 + 2 * TimerWheel.LOOSE);
        assertThat(gone).endsWith("again");
        assertThat(leftovers.size()).isZero();
        assertThat(wheel.size()).isZero();
    }
}
