package org.jackfield.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class PeersTest {
    private static final String[] NOBODY = {"sh", "no-such-peer"};

    @Test
    void installedPeerLetsTheTestRun() {
        assertThat(Peers.judge(new String[] {"sh"}, true).isDisabled()).isFalse();
    }

    @Test
    void missingPeerSkipsTheTestWithASentence() {
        var verdict = Peers.judge(NOBODY, false);
        assertThat(verdict.isDisabled()).isTrue();
        assertThat(verdict.getReason()).get().asString().startsWith("no-such-peer is not installed");
    }

    @Test
    void missingPeerFailsTheTestWhereItIsRequired() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Peers.judge(NOBODY, true))
                .withMessageContaining("no-such-peer is not installed");
    }
}
