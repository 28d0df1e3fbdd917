package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.Linked;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.CallEvent;
import org.jackfield.protocol.csta.CallMessage;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.ConnectionListItem;
import org.jackfield.protocol.csta.Device;
import org.jackfield.protocol.csta.HexData;
import org.junit.jupiter.api.Test;

class CallLinkTest {
    private static final String TOKEN = "jf-0001";
    private static final HexData UUI = HexData.parse(Uui.hex(TOKEN));

    private static CallEvent at(LinkRig rig, String monitor, CallEvent.Kind kind, String call, String device) {
        return CallEvent.of(
                        kind, rig.acd.crossRefs.getOrDefault(monitor, "?"), new ConnectionId(call, device), "normal")
                .subject(Device.of(device))
                .parties(Device.of("+4930111"), Device.of("600"))
                .acd(true);
    }

    private static List<Call> calls(LinkRig rig, int count) {
        await().until(() -> rig.bus.data(Call.class).size() >= count);
        return rig.bus.data(Call.class);
    }

    @Test
    void tokenInCorrelatorDataIsTheCallsIdFromQueueToEnd() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd
                    .session()
                    .event(at(rig, "600", CallEvent.Kind.QUEUED, "C1", "600").correlator(UUI));
            rig.acd.session().event(at(rig, "4711", CallEvent.Kind.DELIVERED, "C1", "4711"));
            rig.acd.session().event(at(rig, "4711", CallEvent.Kind.ESTABLISHED, "C1", "4711"));
            rig.acd.session().event(at(rig, "4711", CallEvent.Kind.CALL_CLEARED, "C1", "4711"));
            assertThat(calls(rig, 4)).allMatch(call -> call.call().equals(TOKEN) && TOKEN.equals(call.uui()));
            assertThat(rig.bus.data(Call.class))
                    .extracting(Call::kind)
                    .containsExactly(Kind.QUEUED, Kind.DELIVERED, Kind.ESTABLISHED, Kind.CLEARED);
            assertThat(rig.bus.data(Call.class).get(0).queue()).isEqualTo("600");
            assertThat(rig.bus.data(Call.class).get(2))
                    .returns("anna", Call::agent)
                    .returns("4711", Call::device)
                    .returns("C1", Call::acdCall)
                    .returns("+4930111", Call::calling);
            assertThat(rig.bus.data(Call.class).get(3).device()).isNull();
        }
    }

    @Test
    void sameEventOfTwoMonitorsIsPublishedOnce() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.session().event(at(rig, "4711", CallEvent.Kind.ESTABLISHED, "C1", "4711"));
            rig.acd.session().event(at(rig, "600", CallEvent.Kind.ESTABLISHED, "C1", "4711"));
            rig.acd.session().event(at(rig, "4711", CallEvent.Kind.HELD, "C1", "4711"));
            assertThat(calls(rig, 2)).extracting(Call::kind).containsExactly(Kind.ESTABLISHED, Kind.HELD);
        }
    }

    @Test
    void callWithoutATokenGetsAnIdThatIsLinkedOnceTheTokenIsSeen() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.session().event(at(rig, "600", CallEvent.Kind.QUEUED, "C1", "600"));
            String made = calls(rig, 1).get(0).call();
            assertThat(made).startsWith("csta-").endsWith("-C1");
            rig.acd
                    .session()
                    .event(at(rig, "4711", CallEvent.Kind.DELIVERED, "C1", "4711")
                            .correlator(UUI));
            assertThat(calls(rig, 2).get(1).call()).isEqualTo(TOKEN);
            assertThat(rig.bus.data(Linked.class)).containsExactly(new Linked(TOKEN, made, "correlatorData"));
        }
    }

    @Test
    void transferKeepsTheCallsIdUnderItsNewCallId() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd
                    .session()
                    .event(at(rig, "4711", CallEvent.Kind.ESTABLISHED, "C1", "4711")
                            .correlator(UUI));
            calls(rig, 1);
            var answer = rig.execute(Acd.SINGLE_STEP_TRANSFER, new Acd.SingleStepTransfer(TOKEN, "C1", "4711", "4712"))
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
            assertThat(answer.acdCall()).isEqualTo("C-new");
            assertThat(rig.acd.asked(CallMessage.SingleStepTransfer.class))
                    .containsExactly(
                            new CallMessage.SingleStepTransfer(new ConnectionId("C1", "4711"), "4712", UUI, null));
            rig.acd
                    .session()
                    .event(at(rig, "4711", CallEvent.Kind.TRANSFERED, "C1", "4711")
                            .target(Device.of("4712"))
                            .moved(
                                    null,
                                    List.of(new ConnectionListItem(
                                            new ConnectionId("C2", "4712"), new ConnectionId("C1", "4711"), null))));
            rig.acd.session().event(at(rig, "4712", CallEvent.Kind.DELIVERED, "C2", "4712"));
            assertThat(calls(rig, 3)).allMatch(call -> call.call().equals(TOKEN));
            assertThat(rig.bus.data(Call.class).get(1))
                    .returns(Kind.TRANSFERRED, Call::kind)
                    .returns("C1", Call::leg)
                    .returns("C2", Call::acdCall)
                    .returns("4712", Call::transferredTo)
                    .returns("anna", Call::agent);
            assertThat(rig.bus.data(Call.class).get(2).agent()).isEqualTo("ben");
        }
    }

    @Test
    void consultedCallBecomesTheCallItIsMergedInto() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd
                    .session()
                    .event(at(rig, "4711", CallEvent.Kind.HELD, "C1", "4711").correlator(UUI));
            rig.acd.session().event(at(rig, "4712", CallEvent.Kind.DELIVERED, "C7", "4712"));
            rig.acd
                    .session()
                    .event(at(rig, "4711", CallEvent.Kind.TRANSFERED, "C1", "4711")
                            .target(Device.of("4712"))
                            .moved(
                                    new ConnectionId("C7", "4711"),
                                    List.of(new ConnectionListItem(new ConnectionId("C9", "4712"), null, null))));
            rig.acd.session().event(at(rig, "4712", CallEvent.Kind.CONNECTION_CLEARED, "C9", "4712"));
            assertThat(calls(rig, 4).get(3).call()).isEqualTo(TOKEN);
            assertThat(rig.bus.data(Linked.class)).singleElement().satisfies(linked -> {
                assertThat(linked.call()).isEqualTo(TOKEN);
                assertThat(linked.other()).endsWith("-C7");
            });
        }
    }
}
