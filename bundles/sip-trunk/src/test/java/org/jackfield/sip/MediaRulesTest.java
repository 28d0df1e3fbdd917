package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;

import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What session descriptions become on their way to the SBC, and what refusals and causes mean. */
class MediaRulesTest {
    private static final String SDP = "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
            + "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

    @Test
    @Conformance({"DR-51", "DR-52"})
    void oneWayMediaIsInactiveAndNothingElseChanges() {
        assertThat(MediaRules.forSbc(SDP.replace("sendrecv", "sendonly"), SDP))
                .isEqualTo(SDP.replace("sendrecv", "inactive"));
        assertThat(MediaRules.forSbc(SDP.replace("sendrecv", "recvonly"), SDP))
                .isEqualTo(SDP.replace("sendrecv", "inactive"));
        assertThat(MediaRules.forSbc(SDP, SDP)).isSameAs(SDP);
        assertThat(MediaRules.odd(SDP)).isFalse();
    }

    @Test
    @Conformance("DR-51")
    void nowhereIsTheAddressOfBefore() {
        String held = SDP.replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0");
        assertThat(MediaRules.forSbc(held, SDP)).isEqualTo(SDP.replace("sendrecv", "inactive"));
        String plain = held.replace("a=sendrecv\r\n", "");
        assertThat(MediaRules.forSbc(plain, SDP)).endsWith("telephone-event/8000\r\na=inactive\r\n");
    }

    @Test
    void onlyAnotherAddressPortOrTransportIsAMove() {
        assertThat(MediaRules.moved(SDP, SDP.replace("sendrecv", "inactive"))).isFalse();
        assertThat(MediaRules.moved(SDP, SDP.replace("8 101", "0 101"))).isFalse();
        assertThat(MediaRules.moved(SDP, SDP.replace("audio 4000", "audio 0"))).isFalse();
        assertThat(MediaRules.moved(SDP, SDP.replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0")))
                .isFalse();
        assertThat(MediaRules.moved(SDP, SDP.replace("audio 4000", "audio 4002")))
                .isTrue();
        assertThat(MediaRules.moved(SDP, SDP.replace("RTP/AVP", "RTP/SAVP"))).isTrue();
        assertThat(MediaRules.moved(SDP, SDP.replace("c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.2")))
                .isTrue();
        assertThat(MediaRules.moved("", SDP)).isFalse();
    }

    /** Each row of Microsoft's published table of refusals. */
    @ParameterizedTest
    @Conformance("DR-70")
    @CsvSource({
        "400, -1, CONFIGURATION",
        "402, -1, CONFIGURATION",
        "403, 63, CONFIGURATION",
        "403, -1, CALLER",
        "404, 1, CALLER",
        "408, 102, NEXT_TARGET",
        "410, 22, MEDIA",
        "412, -1, CALLER",
        "415, -1, MEDIA",
        "420, -1, CONFIGURATION",
        "422, -1, CONFIGURATION",
        "480, 31, CALLEE",
        "484, 28, CALLER",
        "486, 17, CALLEE",
        "487, -1, CALLEE",
        "488, -1, MEDIA",
        "500, -1, CONFIGURATION",
        "503, -1, NEXT_TARGET",
        "504, -1, NEXT_TARGET",
        "600, -1, CALLEE",
        "603, 21, CALLEE",
        "302, -1, CONFIGURATION",
    })
    void everyPublishedRefusalIsSomebodysMatter(int status, int cause, FailureKind kind) {
        assertThat(FailureKind.of(status, cause)).isEqualTo(kind);
    }

    /** RFC 4497 section 8.4.4, table 2. */
    @ParameterizedTest
    @Conformance("DR-69")
    @CsvSource({
        "400, 41",
        "401, 21",
        "402, 21",
        "403, 21",
        "404, 1",
        "405, 63",
        "406, 79",
        "407, 21",
        "408, 102",
        "410, 22",
        "413, 127",
        "414, 127",
        "415, 79",
        "416, 127",
        "420, 127",
        "421, 127",
        "423, 127",
        "480, 18",
        "481, 41",
        "482, 25",
        "483, 25",
        "484, 28",
        "485, 1",
        "486, 17",
        "500, 41",
        "501, 79",
        "502, 38",
        "503, 41",
        "504, 102",
        "505, 127",
        "513, 127",
        "600, 17",
        "603, 21",
        "604, 1",
    })
    void everyErrorHasTheCauseOfTheStandard(int status, int cause) {
        assertThat(Causes.q850(status)).isEqualTo(cause);
    }
}
