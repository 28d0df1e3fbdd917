package org.jackfield.mediation.service;

import io.micrometer.core.instrument.Counter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.mediation.routing.CallRouter.Eligible;
import org.jackfield.mediation.routing.NumberPattern;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.FlowBean;
import org.jackfield.plugin.Table;
import org.jackfield.plugin.Trunk;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code callRouter} for flows: where calls go. Answers at once from memory, on any thread. */
@Component(
        service = CallRouterBean.class,
        property = {FlowBean.PROPERTY + "=callRouter", FlowBean.IMMEDIATE + ":Boolean=true"})
public final class CallRouterBean {
    private final MediationState state;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    @Activate
    public CallRouterBean(@Reference MediationState state) {
        this.state = state;
    }

    /** Where an INVITE goes. */
    public Trunk.InviteAnswer invite(Trunk.InviteQuestion question) {
        Trunk.InviteAnswer answer =
                state.rules(question.link().tenant()).router().invite(question, state.directory());
        count("invite", answer.getClass().getSimpleName());
        return answer;
    }

    /** Which agent a queued call goes to: the longest idle who may take it, kept for this call from now on. */
    public Acd.RouteAnswer route(Acd.RouteQuestion question) {
        Acd.RouteAnswer answer = answer(question);
        count("route", answer.getClass().getSimpleName());
        return answer;
    }

    private Acd.RouteAnswer answer(Acd.RouteQuestion question) {
        String tenant = question.link().tenant();
        String queue = queue(question);
        if (queue == null) {
            return new Acd.RouteAnswer.End("the ACD names no queue");
        }
        var router = state.rules(tenant).router();
        Eligible eligible = router.eligible(queue, state.candidates(tenant));
        Instant now = state.now();
        Instant until = now.plus(router.options().reserve());
        for (Agent agent : eligible.agents()) {
            if (state.reservations().reserve(new Table.Key(tenant, agent.id()), question.call(), now, until)) {
                return new Acd.RouteAnswer.Select(
                        agent.device(), List.of(), agent.id(), "longest idle of queue " + queue);
            }
        }
        String why = eligible.agents().isEmpty()
                ? eligible.others("nobody serves it")
                : eligible.agents().size() + " ready but kept for other calls";
        return new Acd.RouteAnswer.End("nobody for queue " + queue + ": " + why);
    }

    private static @Nullable String queue(Acd.RouteQuestion question) {
        String named = question.queue();
        return named != null && !named.isBlank() ? named : NumberPattern.normal(question.called());
    }

    private void count(String question, String answer) {
        counters.computeIfAbsent(
                        question + answer,
                        both -> state.meters()
                                .counter("jackfield.routing.answers", "question", question, "answer", answer))
                .increment();
    }
}
