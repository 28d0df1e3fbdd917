package org.jackfield.mediation.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.junit.jupiter.api.Test;

class CallMemoryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");

    private static CallEvents.Call trunk(Kind kind, String leg, String called, String agent) {
        return new CallEvents.Call(
                kind, "c1", leg, null, "teams", "+4930123", called, null, agent, null, null, null, "c1");
    }

    private static CallEvents.Call acd(Kind kind, String acdCall, String device, String agent) {
        return new CallEvents.Call(
                kind, "c1", null, acdCall, "acd", "+4930123", "600", "600", agent, device, null, null, "c1");
    }

    @Test
    void twoPassesThroughTheTrunkAreOneCallAndItEndsWithBoth() {
        CallMemory call = CallMemory.begin("c1", NOW)
                .with(trunk(Kind.OFFERED, "a1", "+4930555600", null), null, NOW)
                .with(trunk(Kind.ESTABLISHED, "b1", "+4930555600", null), null, NOW)
                .with(acd(Kind.QUEUED, "7", null, null), null, NOW)
                .with(trunk(Kind.OFFERED, "a2", "4711", "anna"), null, NOW)
                .with(trunk(Kind.ESTABLISHED, "b2", "4711", "anna"), null, NOW)
                .with(acd(Kind.ESTABLISHED, "7", "4711", "anna"), null, NOW);
        assertThat(call.agent()).isEqualTo("anna");
        assertThat(call.queue()).isEqualTo("600");
        CallMemory half = call.with(trunk(Kind.CLEARED, "a1", "+4930555600", null), null, NOW)
                .with(acd(Kind.CLEARED, "7", "4711", "anna"), null, NOW);
        assertThat(half.over()).isFalse();
        assertThat(half.state()).isEqualTo("established");
        assertThat(half.with(trunk(Kind.CLEARED, "a2", "4711", "anna"), null, NOW)
                        .over())
                .isTrue();
    }

    @Test
    void anEndWithoutADeviceEndsTheCallAtTheAcd() {
        CallMemory call = CallMemory.begin("c1", NOW)
                .with(acd(Kind.QUEUED, "7", null, null), null, NOW)
                .with(acd(Kind.ESTABLISHED, "7", "4711", null), "anna", NOW);
        assertThat(call.agentLeg("anna", null)).isNotNull();
        assertThat(call.with(acd(Kind.CLEARED, "7", null, null), null, NOW).over())
                .isTrue();
    }

    @Test
    void aTransferLeavesTheAgentOutAndGoesOnUnderTheNewCallId() {
        var moved = new CallEvents.Call(
                Kind.TRANSFERRED, "c1", "7", "8", "acd", null, null, null, "anna", "4711", "4712", null, "c1");
        CallMemory call = CallMemory.begin("c1", NOW)
                .with(acd(Kind.ESTABLISHED, "7", "+4930123", null), null, NOW)
                .with(acd(Kind.ESTABLISHED, "7", "4711", "anna"), null, NOW)
                .with(moved, null, NOW)
                .with(acd(Kind.ESTABLISHED, "8", "4712", "ben"), null, NOW);
        assertThat(call.agentLeg("anna", "4711")).isNull();
        assertThat(call.agentLeg("ben", null)).isNotNull();
        assertThat(call.with(acd(Kind.CLEARED, "8", null, null), null, NOW).over())
                .isTrue();
    }

    @Test
    void legsAreBounded() {
        CallMemory call = CallMemory.begin("c1", NOW);
        for (int i = 0; i < 1000; i++) {
            call = call.with(acd(Kind.DELIVERED, "7", "d" + i, null), null, NOW);
        }
        assertThat(call.legs()).hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void idsGivenBeforeTheLinkWasKnownAreJoined() {
        var links = new CallLinks(10);
        var early = new CallEvents.Call(
                Kind.OFFERED, "7", null, "7", "acd", null, null, null, null, null, null, null, null);
        assertThat(links.see("demo", early)).isNull();
        assertThat(links.see("demo", acd(Kind.DELIVERED, "7", "4711", "anna")))
                .isEqualTo(new CallEvents.Linked("c1", "7", "acdCall"));
        assertThat(links.see("demo", acd(Kind.ESTABLISHED, "7", "4711", "anna")))
                .isNull();
        assertThat(links.call("demo", "7")).isEqualTo("c1");
        assertThat(links.call("other", "7")).isNull();
    }

    @Test
    void aCallIdThatTheAcdUsesAgainIsANewCall() {
        var links = new CallLinks(10);
        assertThat(links.see("demo", acd(Kind.ESTABLISHED, "7", "4711", "anna")))
                .isNull();
        assertThat(links.see("demo", acd(Kind.CLEARED, "7", null, null))).isNull();
        var next = new CallEvents.Call(
                Kind.OFFERED, "c2", null, "7", "acd", null, null, null, null, null, null, null, null);
        assertThat(links.see("demo", next)).isNull();
    }
}
