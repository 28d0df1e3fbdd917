package org.jackfield.flow;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.jackfield.plugin.EventBus;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a route file is good before anything runs by it: builds it in a context that never starts its routes,
 * and applies the rules for what Camel would accept in silence. Called by one thread at a time; changes nothing.
 */
final class Lint {
    private final Contexts contexts;
    private final Services services;
    private final EventBus bus;

    Lint(Contexts contexts, Services services, EventBus bus) {
        this.contexts = contexts;
        this.services = services;
        this.bus = bus;
    }

    /** What the file needs and does. */
    Plan check(Source source, @Nullable Source defaults) throws Refused {
        if (source.text().isBlank()) {
            throw new Refused("empty", 0, "the file is empty (expected: a route)");
        }
        FlowBeans beans = new FlowBeans(services);
        Wiring wiring = new Wiring(source.flow(), bus, services, new Inputs(), Runnable::run, Clock.systemUTC());
        @Nullable CamelContext context = null;
        @Nullable Plan plan = null;
        try {
            context = contexts.create("lint-" + source.flow(), wiring, beans, true);
            contexts.load(context, source, source.isDefaults() ? null : defaults);
            plan = source.isDefaults() ? checkDefaults(context, source) : checkRoutes(context, source, beans);
            context.start();
            return plan;
        } catch (Refused e) {
            throw e;
        } catch (Exception e) {
            if (plan != null && FlowBeans.standsIn(e)) {
                return plan; // the methods of a bean that is away are looked for when it has come
            }
            throw Reasons.of(e, source, services);
        } finally {
            close(context);
        }
    }

    private Plan checkDefaults(CamelContext context, Source source) throws Refused {
        Model model = model(context);
        if (!model.getRouteDefinitions().isEmpty()) {
            throw new Refused(
                    "rule",
                    source.lineOf("route:"),
                    "a route in " + source.file() + " (expected: routeConfiguration only)");
        }
        if (model.getRouteConfigurationDefinitions().isEmpty()) {
            throw new Refused("rule", 0, "no routeConfiguration (expected: at least one)");
        }
        return new Plan(Set.of(), Set.of(), Set.of());
    }

    private Plan checkRoutes(CamelContext context, Source source, FlowBeans beans) throws Refused {
        Model model = model(context);
        List<RouteDefinition> routes = model.getRouteDefinitions();
        if (routes.isEmpty()) {
            throw new Refused("rule", 0, "no route (expected: at least one)");
        }
        Collection<String> configurations = new TreeSet<>();
        for (RouteConfigurationDefinition configuration : model.getRouteConfigurationDefinitions()) {
            configurations.add(String.valueOf(configuration.getId()));
        }
        Rules rules = new Rules(source, services, configurations, scheme -> hasComponent(context, scheme));
        rules.checkOwnBeans(model.getCustomBeans());
        for (RouteDefinition route : routes) {
            rules.check(route);
            route.setAutoStartup("false");
        }
        rules.checkInnerTargets();
        Plan plan = rules.plan();
        plan.needs().forEach(need -> {
            if (need instanceof Need.OfBean bean) {
                beans.standIn(bean.name());
            }
        });
        return plan;
    }

    private static void close(@Nullable CamelContext context) {
        if (context != null) {
            context.stop();
        }
    }

    private static boolean hasComponent(CamelContext context, String scheme) {
        try {
            return PluginHelper.getComponentResolver(context).resolveComponent(scheme, context) != null;
        } catch (Exception e) {
            return false;
        }
    }

    private static Model model(CamelContext context) {
        return (ModelCamelContext) context;
    }

    /** The names of what links can be asked, for messages. */
    static String operations(Collection<Link> links) {
        return names(links.stream().flatMap(link -> link.operations().stream()).map(Operation::name));
    }

    /** The names of what links ask, for messages. */
    static String points(Collection<Link> links) {
        return names(links.stream().flatMap(link -> link.offers().stream()).map(OfferPoint::name));
    }

    private static String names(Stream<String> names) {
        Collection<String> sorted = new TreeSet<>(names.toList());
        return sorted.isEmpty() ? "it has none" : String.join(", ", sorted);
    }
}
