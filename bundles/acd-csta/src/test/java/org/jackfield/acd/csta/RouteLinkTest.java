package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jackfield.event.CallEvents.Route;
import org.jackfield.event.CallEvents.RouteStep;
import org.jackfield.plugin.Acd.RouteAnswer;
import org.jackfield.plugin.Acd.RouteQuestion;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Offer;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.Device;
import org.jackfield.protocol.csta.HexData;
import org.jackfield.protocol.csta.RouteMessage;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;

class RouteLinkTest {
    private static final String TOKEN = "jf-0001";

    private static RouteMessage.Request request(String crossRef, Integer replyTimeout) {
        return new RouteMessage.Request(
                crossRef,
                "r1",
                Device.of("600"),
                Device.of("+4930111"),
                Device.of("600"),
                new ConnectionId("C1", "600"),
                replyTimeout,
                HexData.parse(Uui.hex(TOKEN)));
    }

    private static void answer(LinkRig rig, Function<RouteQuestion, RouteAnswer> flow) {
        rig.<RouteQuestion, RouteAnswer>offers().attach(offer -> offer.answer(flow.apply(offer.question())));
    }

    private static List<RouteStep> steps(LinkRig rig) {
        return rig.bus.data(Route.class).stream().map(Route::step).toList();
    }

    private static RouteAnswer.Select toAnna() {
        return new RouteAnswer.Select("4711", List.of("4712"), "anna", "longest idle");
    }

    @Test
    @Conformance("ACD-25")
    void flowsAnswerGoesOutOnceAfterItsEventIsInTheSpool() throws Exception {
        try (var rig = new LinkRig().start()) {
            var questions = new CopyOnWriteArrayList<RouteQuestion>();
            var stepsBeforeAnswer = new CopyOnWriteArrayList<Integer>();
            answer(rig, question -> {
                questions.add(question);
                stepsBeforeAnswer.add(rig.bus.data(Route.class).size());
                return toAnna();
            });
            rig.acd.session().send(request("x1", 3000));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(steps(rig)).startsWith(RouteStep.REQUESTED, RouteStep.SELECTED);
            assertThat(stepsBeforeAnswer).containsExactly(1);
            assertThat(questions)
                    .containsExactly(new RouteQuestion(
                            new LinkId("demo", "csta", "main"), "x1", TOKEN, "+4930111", "600", "600", TOKEN));
            assertThat(rig.acd.said(RouteMessage.Select.class)).singleElement().satisfies(select -> {
                assertThat(select.route()).isEqualTo("4711");
                assertThat(select.alternates()).containsExactly("4712");
                assertThat(select.registerId()).isEqualTo("r1");
                assertThat(select.routeUsedReq()).isTrue();
            });
            rig.acd.session().send(new RouteMessage.Used("x1", "r1", Device.of("4711"), null, null));
            Route used = rig.event(Route.class, r -> r.step() == RouteStep.USED);
            assertThat(used)
                    .returns("4711", Route::destination)
                    .returns("anna", Route::agent)
                    .returns(null, Route::reason);
            assertThat(rig.acd.notices).hasSize(1);
        }
    }

    @Test
    @Conformance("ACD-26")
    void otherDestinationThanSelectedIsFlagged() throws Exception {
        try (var rig = new LinkRig().start()) {
            answer(rig, question -> toAnna());
            rig.acd.session().send(request("x1", null));
            await().until(() -> !rig.acd.notices.isEmpty());
            rig.acd.session().send(new RouteMessage.Used("x1", "r1", Device.of("4799"), null, null));
            Route used = rig.event(Route.class, r -> r.step() == RouteStep.USED);
            assertThat(used.destination()).isEqualTo("4799");
            assertThat(used.reason()).contains("4711");
        }
    }

    @Test
    @Conformance("ACD-25")
    void routeEndIsSentAtTheDeadlineThatTheAcdGave() throws Exception {
        try (var rig = new LinkRig().start()) {
            var kept = new AtomicReference<Offer<RouteQuestion, RouteAnswer>>();
            rig.<RouteQuestion, RouteAnswer>offers().attach(kept::set);
            long before = System.nanoTime();
            rig.acd.session().send(request("x1", 300));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(System.nanoTime() - before).isLessThan(2_000_000_000L);
            assertThat(rig.acd.notices).containsExactly(new RouteMessage.End("x1", "r1", null, null));
            assertThat(steps(rig)).containsExactly(RouteStep.REQUESTED, RouteStep.ENDED);
            assertThat(rig.bus.data(Route.class).get(1).reason()).startsWith("deadline");
            assertThat(kept.get().answer(toAnna())).isFalse();
        }
    }

    @Test
    @Conformance("ACD-25")
    void acdGetsRouteEndAtOnceWhenNoFlowIsAttached() throws Exception {
        try (var rig = new LinkRig().start()) {
            rig.acd.session().send(request("x1", null));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(rig.acd.notices).containsExactly(new RouteMessage.End("x1", "r1", null, null));
            assertThat(rig.bus.data(Route.class).get(1).reason()).startsWith("nobody");
        }
    }

    @Test
    @Conformance("ACD-25")
    void rejectionCarriesItsCause() throws Exception {
        try (var rig = new LinkRig().start()) {
            answer(rig, question -> new RouteAnswer.Reject("capacityOverflow", "closed"));
            rig.acd.session().send(request("x1", null));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(rig.acd.notices).containsExactly(new RouteMessage.Reject("x1", "r1", "capacityOverflow", null));
            assertThat(steps(rig)).containsExactly(RouteStep.REQUESTED, RouteStep.REJECTED);
        }
    }

    @Test
    @Conformance("ACD-27")
    void routeEndFromTheAcdCancelsTheDecisionAndALateAnswerIsNotSent() throws Exception {
        try (var rig = new LinkRig().start()) {
            var kept = new AtomicReference<Offer<RouteQuestion, RouteAnswer>>();
            rig.<RouteQuestion, RouteAnswer>offers().attach(kept::set);
            rig.acd.session().send(request("x1", null));
            await().until(() -> kept.get() != null);
            rig.acd.session().send(new RouteMessage.End("x1", "r1", null, null));
            rig.event(Route.class, r -> r.step() == RouteStep.ENDED);
            kept.get().answer(toAnna());
            await().until(() -> rig.count("jackfield.csta.routes.late") == 1);
            rig.acd.session().send(request("x2", 100));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(rig.acd.said(RouteMessage.Select.class)).isEmpty();
            assertThat(steps(rig)).doesNotContain(RouteStep.SELECTED);
        }
    }

    @Test
    void reRouteAsksTheFlowAgain() throws Exception {
        try (var rig = new LinkRig().start()) {
            var rounds = new CopyOnWriteArrayList<String>(List.of("4711", "4712"));
            answer(rig, question -> new RouteAnswer.Select(rounds.remove(0), List.of(), null, "next"));
            rig.acd.session().send(request("x1", null));
            await().until(() -> rig.acd.notices.size() == 1);
            rig.acd.session().send(new RouteMessage.ReRoute("x1", "r1", null, null));
            await().until(() -> rig.acd.notices.size() == 2);
            assertThat(rig.acd.said(RouteMessage.Select.class))
                    .extracting(RouteMessage.Select::route)
                    .containsExactly("4711", "4712");
        }
    }

    @Test
    void observingLinkRecordsTheDecisionAndLeavesTheCallToTheAcd() throws Exception {
        try (var rig = new LinkRig("mode", "observe").start()) {
            answer(rig, question -> toAnna());
            rig.acd.session().send(request("x1", null));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(rig.acd.notices).containsExactly(new RouteMessage.End("x1", "r1", null, null));
            assertThat(rig.bus.data(Route.class).get(1))
                    .returns(RouteStep.ENDED, Route::step)
                    .returns("4711", Route::destination)
                    .returns("observed: longest idle", Route::reason);
        }
    }

    @Test
    void routeSelectDoesNotLeaveWhenItsEventFindsNoRoom() throws Exception {
        try (var rig = new LinkRig().start()) {
            answer(rig, question -> {
                rig.bus.full(true);
                return toAnna();
            });
            rig.acd.session().send(request("x1", null));
            await().until(() -> !rig.acd.notices.isEmpty());
            assertThat(rig.acd.notices).containsExactly(new RouteMessage.End("x1", "r1", null, null));
            rig.bus.full(false);
            rig.event(Route.class, r -> r.step() == RouteStep.ENDED);
            assertThat(steps(rig)).doesNotContain(RouteStep.SELECTED);
        }
    }
}
