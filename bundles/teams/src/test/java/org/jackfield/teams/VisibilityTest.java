package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Conformance("GR-47")
class VisibilityTest {
    private static final Instant SET = Instant.parse("2026-01-01T08:00:00Z");

    private static String cause(SessionPair held, String availability, String activity, int afterSeconds) {
        Instant now = SET.plusSeconds(afterSeconds);
        return Visibility.cause(
                held, SET, new Reading(new SeenPresence("a", availability, activity, null), now, now), now);
    }

    @ParameterizedTest
    @CsvSource({
        "IN_A_CALL,DoNotDisturb,DoNotDisturb,preferred presence",
        "AWAY,Available,Available,client is open",
        "IN_A_CALL,PresenceUnknown,PresenceUnknown,no Teams licence",
        "IN_A_CALL,Offline,Offline,forgotten",
        "IN_A_CALL,Offline,OffWork,preferred presence",
        "AWAY,Busy,InAMeeting,another session"
    })
    void whatDoesNotShowAfterAMinuteHasACause(SessionPair held, String availability, String activity, String cause) {
        assertThat(cause(held, availability, activity, 61)).contains(cause);
        assertThat(cause(held, availability, activity, 59)).isNull();
    }

    @Test
    void whatShowsHasNone() {
        assertThat(cause(SessionPair.IN_A_CALL, "busy", "inACall", 600)).isNull();
    }

    @Test
    void withoutAReadingSinceNobodyCanTell() {
        var old = new Reading(new SeenPresence("a", "Available", "Available", null), SET, SET);
        assertThat(Visibility.cause(SessionPair.AWAY, SET, old, SET.plusSeconds(90)))
                .contains("not been read since");
    }
}
