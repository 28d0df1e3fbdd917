package org.jackfield.flow;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.RoutePolicySupport;
import org.jackfield.plugin.EventBus;
import org.jspecify.annotations.Nullable;

/** Builds a version of a flow from a file that lint has found good. Called by one thread at a time. */
final class FlowBuilder {
    private final Contexts contexts;
    private final Services services;
    private final EventBus bus;
    private final Executor workers;
    private final Clock clock;

    FlowBuilder(Contexts contexts, Services services, EventBus bus, Executor workers, Clock clock) {
        this.contexts = contexts;
        this.services = services;
        this.bus = bus;
        this.workers = workers;
        this.clock = clock;
    }

    /** A started version that nobody feeds yet. */
    FlowVersion build(Source source, @Nullable Source defaults, Plan plan, int number) throws Refused {
        Inputs inputs = new Inputs();
        Map<String, Object> beans = beans(plan);
        Wiring wiring = new Wiring(source.flow(), bus, services, inputs, workers, clock);
        CamelContext context = null;
        try {
            context = contexts.create(source.flow() + "-" + number, wiring, new FlowBeans(services), false);
            contexts.load(context, source, defaults);
            LeasePolicy policy = new LeasePolicy();
            List<String> foreign = prepare(context, source.flow(), policy);
            context.start();
            FlowVersion version = new FlowVersion(number, source, plan, context, inputs, beans, foreign);
            policy.version.set(version);
            return version;
        } catch (Exception e) {
            if (context != null) {
                context.stop();
            }
            throw Reasons.of(e, source, services);
        }
    }

    private Map<String, Object> beans(Plan plan) {
        Map<String, Object> beans = new HashMap<>();
        for (Need need : plan.needs()) {
            Object bean = need instanceof Need.OfBean named ? services.bean(named.name()) : null;
            if (need instanceof Need.OfBean named && bean != null) {
                beans.put(named.name(), bean);
            }
        }
        return beans;
    }

    /** Names the routes after the flow, and holds back those with a foreign source. */
    private List<String> prepare(CamelContext context, String flow, LeasePolicy policy) {
        Model model = (ModelCamelContext) context;
        List<String> foreign = new ArrayList<>();
        int unnamed = 0;
        for (RouteDefinition route : model.getRouteDefinitions()) {
            if (!route.hasCustomIdAssigned()) {
                unnamed++;
                route.setId(unnamed == 1 ? flow : flow + "-" + unnamed);
            }
            Target from = Target.of(route.getInput().getEndpointUri());
            if (from != null && isForeign(from.scheme())) {
                if (!"false".equals(route.getAutoStartup())) {
                    foreign.add(route.getId());
                }
                route.setAutoStartup("false");
                route.routePolicy(policy);
            }
        }
        return foreign;
    }

    private boolean isForeign(String scheme) {
        return switch (scheme) {
            case BusComponent.SCHEME, "direct", "seda" -> false;
            default -> !services.isKind(scheme);
        };
    }

    /** Counts the exchanges of foreign sources as leases. */
    private static final class LeasePolicy extends RoutePolicySupport {
        private static final String HELD = "jackfieldLease";

        private final AtomicReference<@Nullable FlowVersion> version = new AtomicReference<>();

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            FlowVersion running = version.get();
            if (running != null && running.lease()) {
                exchange.setProperty(HELD, running);
            }
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            if (exchange.removeProperty(HELD) instanceof FlowVersion held) {
                held.release();
            }
        }
    }
}
