package org.jackfield.acd.asterisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jackfield.event.CallEvents.Call;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.Linked;
import org.jackfield.event.CallEvents.Route;
import org.jackfield.event.CallEvents.RouteStep;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Acd.RouteAnswer;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.Uui;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CallsTest {
    private static final String CALLER = "1700000000.1";
    private static final String AGENT = "1700000000.2";

    @TempDir
    Path folder;

    /** The lines about one channel, with {@code prefix} before each name, as Asterisk 16 has them. */
    private static String[] channel(String prefix, String name, String id, String uui, String... more) {
        List<String> lines = new ArrayList<>(List.of(
                prefix + "Channel: " + name,
                prefix + "ChannelStateDesc: Up",
                prefix + "CallerIDNum: 4930111",
                prefix + "ConnectedLineNum: <unknown>",
                prefix + "Context: from-trunk",
                prefix + "Exten: 600",
                prefix + "Uniqueid: " + id,
                prefix + "Linkedid: " + CALLER));
        if (uui != null) {
            lines.add(prefix + "ChanVariable: JACKFIELD_UUI=" + uui);
        }
        lines.addAll(List.of(more));
        return lines.toArray(String[]::new);
    }

    private static String[] both(String uui, String... more) {
        List<String> lines = new ArrayList<>(List.of(channel("", "PJSIP/trunk-00000001", CALLER, uui)));
        lines.addAll(List.of(channel("Dest", "PJSIP/4711-00000002", AGENT, null, more)));
        return lines.toArray(String[]::new);
    }

    private static void queued(AmiRig rig, String uui) {
        rig.asterisk.event("Newchannel", channel("", "PJSIP/trunk-00000001", CALLER, null));
        rig.asterisk.event(
                "QueueCallerJoin", channel("", "PJSIP/trunk-00000001", CALLER, uui, "Queue: 600", "Position: 1"));
    }

    private static void answered(AmiRig rig, String uui) {
        rig.asterisk.event("DialBegin", both(uui, "DialString: 4711"));
        rig.asterisk.event("DialEnd", both(uui, "DialStatus: ANSWER"));
    }

    private static List<Call> calls(AmiRig rig) {
        return rig.bus.data(Call.class);
    }

    private static Call call(AmiRig rig, Kind kind) {
        return rig.event(Call.class, one -> one.kind() == kind);
    }

    @Test
    @Conformance({"ACD-32", "ACD-33"})
    void oneIdAndOneTokenFromQueueToBlindTransfer() throws Exception {
        String uui = Uui.header("call-7f3a");
        try (var rig = new AmiRig(folder).start()) {
            queued(rig, uui);
            answered(rig, uui);
            Call established = call(rig, Kind.ESTABLISHED);
            assertThat(established.agent()).isEqualTo("anna");
            assertThat(established.device()).isEqualTo("4711");
            assertThat(established.queue()).isEqualTo("600");
            var moved = rig.execute(
                            Acd.SINGLE_STEP_TRANSFER,
                            new Acd.SingleStepTransfer(established.call(), CALLER, "4711", "4712"))
                    .toCompletableFuture();
            assertThat(moved.get(20, TimeUnit.SECONDS).acdCall()).isEqualTo(CALLER);
            assertThat(rig.asterisk.action("BlindTransfer"))
                    .containsEntry("Channel", "PJSIP/4711-00000002")
                    .containsEntry("Exten", "4712")
                    .containsEntry("Context", "jackfield-transfer");
            List<String> lines = new ArrayList<>(List.of("Result: Success", "Extension: 4712"));
            lines.addAll(List.of(channel("Transferer", "PJSIP/4711-00000002", AGENT, null)));
            lines.addAll(List.of(channel("Transferee", "PJSIP/trunk-00000001", CALLER, uui)));
            rig.asterisk.event("BlindTransfer", lines.toArray(String[]::new));
            Call transferred = call(rig, Kind.TRANSFERRED);
            assertThat(transferred.agent()).isEqualTo("anna");
            assertThat(transferred.transferredTo()).isEqualTo("4712");
            assertThat(transferred.cause()).isEqualTo("singleStepTransfer");
            rig.asterisk.event("Hangup", channel("", "PJSIP/4711-00000002", AGENT, null, "Cause-txt: Normal Clearing"));
            rig.asterisk.event("Hangup", channel("", "PJSIP/trunk-00000001", CALLER, null));
            rig.event(Call.class, one -> one.kind() == Kind.CLEARED && one.device() == null);
            assertThat(calls(rig)).extracting(Call::call).containsOnly("call-7f3a");
            assertThat(calls(rig)).extracting(Call::uui).containsOnly("call-7f3a");
            assertThat(calls(rig)).extracting(Call::acdCall).containsOnly(CALLER);
            assertThat(calls(rig))
                    .extracting(Call::kind)
                    .containsExactly(
                            Kind.OFFERED,
                            Kind.QUEUED,
                            Kind.DELIVERED,
                            Kind.ESTABLISHED,
                            Kind.TRANSFERRED,
                            Kind.CLEARED,
                            Kind.CLEARED);
        }
    }

    @Test
    void callWithoutATokenIsItsLinkedid() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            queued(rig, null);
            assertThat(call(rig, Kind.QUEUED).call()).isEqualTo(CALLER);
            answered(rig, Uui.header("late-token"));
            assertThat(rig.event(Linked.class, linked -> true)).isEqualTo(new Linked("late-token", CALLER, "uui"));
            assertThat(call(rig, Kind.ESTABLISHED).call()).isEqualTo("late-token");
        }
    }

    @Test
    @Conformance("ACD-34")
    void badUuiIsCountedAndTold() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            queued(rig, "zz;encoding=hex");
            Call queued = call(rig, Kind.QUEUED);
            assertThat(queued.uui()).isNull();
            assertThat(queued.call()).isEqualTo(CALLER);
            answered(rig, "zz;encoding=hex");
            call(rig, Kind.ESTABLISHED);
            assertThat(rig.bus.data(LinkEvents.Refused.class)).hasSize(1);
            assertThat(rig.bus.data(LinkEvents.Refused.class).get(0).value()).isEqualTo("zz;encoding=hex");
            assertThat(rig.refused("uui")).isEqualTo(1);
        }
    }

    @Test
    void consultationIsStartedAndCompletedByCommand() throws Exception {
        try (var rig = new AmiRig(folder).start()) {
            queued(rig, null);
            answered(rig, null);
            call(rig, Kind.ESTABLISHED);
            rig.execute(Acd.CONSULTATION_CALL, new Acd.ConsultationCall(CALLER, new Acd.Leg(CALLER, "4711"), "4712"))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(rig.asterisk.action("Atxfer"))
                    .containsEntry("Channel", "PJSIP/4711-00000002")
                    .containsEntry("Exten", "4712");
            rig.asterisk.event("Hold", channel("", "PJSIP/4711-00000002", AGENT, null));
            assertThat(call(rig, Kind.HELD).agent()).isEqualTo("anna");
            rig.execute(
                            Acd.TRANSFER_CALL,
                            new Acd.TransferCall(new Acd.Leg(CALLER, "4711"), new Acd.Leg(CALLER, "4711")))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(rig.asterisk.action("Hangup")).containsEntry("Channel", "PJSIP/4711-00000002");
            List<String> lines = new ArrayList<>(List.of("Result: Success", "DestType: Bridge"));
            lines.addAll(List.of(channel("OrigTransferer", "PJSIP/4711-00000002", AGENT, null)));
            lines.addAll(List.of(channel("Transferee", "PJSIP/trunk-00000001", CALLER, null)));
            rig.asterisk.event("AttendedTransfer", lines.toArray(String[]::new));
            Call transferred = call(rig, Kind.TRANSFERRED);
            assertThat(transferred.cause()).isEqualTo("transfer");
            assertThat(transferred.transferredTo()).isEqualTo("4712");
            assertThat(transferred.call()).isEqualTo(CALLER);
        }
    }

    @Test
    void transferToWhatCannotBeDialledIsRefusedHere() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            queued(rig, null);
            answered(rig, null);
            call(rig, Kind.ESTABLISHED);
            var refused = rig.execute(
                            Acd.SINGLE_STEP_TRANSFER,
                            new Acd.SingleStepTransfer(CALLER, CALLER, "4711", "4712,1)\nAction: x"))
                    .toCompletableFuture();
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            CommandException.class, e -> assertThat(e.code()).isEqualTo("invalidDestination"));
            assertThat(rig.asterisk.count("BlindTransfer")).isZero();
        }
    }

    private static void asks(AmiRig rig) {
        rig.asterisk.event(
                "AsyncAGIStart", channel("", "PJSIP/trunk-00000001", CALLER, null, "Env: agi_request%3A%20async%0A"));
    }

    @Test
    @Conformance("ACD-28")
    void waitingCallIsAskedAboutAndRedirected() throws IOException {
        try (var rig = new AmiRig(folder).start()) {
            rig.offers()
                    .attach(offer -> offer.answer(new RouteAnswer.Select("4711", List.of(), "anna", "longest idle")));
            asks(rig);
            Map<String, String> redirect = rig.asterisk.action("Redirect");
            assertThat(redirect)
                    .containsEntry("Channel", "PJSIP/trunk-00000001")
                    .containsEntry("Context", "jackfield-selected")
                    .containsEntry("Exten", "4711");
            rig.asterisk.event("AsyncAGIEnd", channel("", "PJSIP/trunk-00000001", CALLER, null));
            rig.asterisk.event("DialBegin", both(null, "DialString: 4711"));
            Route used = rig.event(Route.class, one -> one.step() == RouteStep.USED);
            assertThat(used.destination()).isEqualTo("4711");
            assertThat(used.agent()).isEqualTo("anna");
            assertThat(used.reason()).isNull();
            assertThat(rig.bus.data(Route.class))
                    .extracting(Route::step)
                    .containsExactly(RouteStep.REQUESTED, RouteStep.SELECTED, RouteStep.USED);
            assertThat(rig.asterisk.count("AGI")).isZero();
        }
    }

    @Test
    void withoutAnAnswerTheDialplanGoesOn() throws IOException {
        try (var rig = new AmiRig(folder, "routeTimeout", "100ms").start()) {
            rig.offers().attach(offer -> {});
            asks(rig);
            assertThat(rig.asterisk.action("AGI")).containsEntry("Command", "ASYNCAGI BREAK");
            assertThat(rig.event(Route.class, one -> one.step() == RouteStep.ENDED)
                            .reason())
                    .contains("deadline");
            assertThat(rig.asterisk.count("Redirect")).isZero();
        }
    }

    @Test
    void answerAfterTheCallHasGoneIsNotSent() throws IOException {
        try (var rig = new AmiRig(folder, "routeTimeout", "30s").start()) {
            List<Offer<Acd.RouteQuestion, RouteAnswer>> asked = new CopyOnWriteArrayList<>();
            rig.offers().attach(asked::add);
            asks(rig);
            await().atMost(Duration.ofSeconds(20)).until(() -> !asked.isEmpty());
            rig.asterisk.event("AsyncAGIEnd", channel("", "PJSIP/trunk-00000001", CALLER, null));
            rig.event(Route.class, one -> one.step() == RouteStep.ENDED);
            asked.get(0).answer(new RouteAnswer.Select("4711", List.of(), null, "too late"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> rig.meters
                                    .get("jackfield.ami.routes.late")
                                    .counter()
                                    .count()
                            == 1);
            assertThat(rig.asterisk.count("Redirect")).isZero();
        }
    }
}
