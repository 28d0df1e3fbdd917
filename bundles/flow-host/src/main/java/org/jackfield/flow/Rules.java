package org.jackfield.flow;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.LineNumberAware;
import org.apache.camel.NamedNode;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.HasExpressionType;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.ResequenceDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SamplingDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.support.PatternHelper;
import org.jackfield.event.Topic;
import org.jackfield.plugin.Link;
import org.jspecify.annotations.Nullable;

/**
 * The rules for what Camel accepts in silence, and the collecting of what a file needs. Used for one file, once, on a
 * model that is thrown away: calls of beans that are away are blunted so that the rest can still be built.
 */
final class Rules {
    private static final Pattern SIMPLE_BEAN =
            Pattern.compile("\\$(?:simple)?\\{bean:([A-Za-z_][\\w-]*)(?:(?:\\?method=|\\.)([A-Za-z_]\\w*))?");

    private final Source source;
    private final Services services;
    private final Collection<String> configurations;
    private final Predicate<String> schemes;
    private final Set<Topic> topics = new HashSet<>();
    private final Set<Plan.Point> points = new HashSet<>();
    private final Set<Need> needs = new HashSet<>();
    private final Set<String> ownBeans = new HashSet<>();
    private final Set<String> innerSources = new HashSet<>();
    private final Map<String, Integer> innerTargets = new HashMap<>();

    /**
     * @param configurations the ids of the route configurations that there are
     * @param schemes tells whether there is a Camel component of a name
     */
    Rules(Source source, Services services, Collection<String> configurations, Predicate<String> schemes) {
        this.source = source;
        this.services = services;
        this.configurations = configurations;
        this.schemes = schemes;
    }

    Plan plan() {
        return new Plan(topics, points, needs);
    }

    void checkOwnBeans(List<BeanFactoryDefinition<?>> beans) throws Refused {
        for (BeanFactoryDefinition<?> bean : beans) {
            String type = String.valueOf(bean.getType());
            if (!type.startsWith("org.apache.camel.")) {
                throw refused(
                        "rule",
                        source.lineOf(type),
                        "bean " + bean.getName() + " of type " + type
                                + " made in a route file (expected: a service with flow.bean=" + bean.getName() + ")");
            }
            ownBeans.add(String.valueOf(bean.getName()));
        }
    }

    void check(RouteDefinition route) throws Refused {
        checkConfigurationIds(route);
        source(route);
        RouteWalk.walk(route, this::step);
    }

    private void checkConfigurationIds(RouteDefinition route) throws Refused {
        String wanted = route.getRouteConfigurationId();
        for (String id : wanted == null ? new String[0] : wanted.split(",", -1)) {
            if (configurations.stream().noneMatch(known -> PatternHelper.matchPattern(known, id.trim()))) {
                throw refused(
                        "rule",
                        source.lineOf(id.trim()),
                        "unknown routeConfigurationId \"" + id.trim() + "\" (expected: " + listOf(configurations)
                                + ")");
            }
        }
    }

    private void source(RouteDefinition route) throws Refused {
        String uri = route.getInput().getEndpointUri();
        Target target = Target.of(uri);
        int line = line(route.getInput(), beforeOptions(uri));
        if (target == null) {
            throw refused("component", line, "from \"" + uri + "\" (expected: scheme:name)");
        }
        checkScheme(target, line);
        switch (target.scheme()) {
            case BusComponent.SCHEME -> topics.add(topic(target, line));
            case "direct" -> innerSources.add(target.path());
            case "seda" -> {
                checkSeda(target, line);
                innerSources.add(target.path());
            }
            default -> {
                if (services.isKind(target.scheme())) {
                    point(target, line);
                }
            }
        }
    }

    private void checkScheme(Target target, int line) throws Refused {
        String scheme = target.scheme();
        if (!scheme.equals(BusComponent.SCHEME) && !services.isKind(scheme) && !schemes.test(scheme)) {
            throw refused("component", line, Reasons.unknownComponent(scheme, services));
        }
    }

    private Topic topic(Target target, int line) throws Refused {
        try {
            return BusEndpoint.topic(target.path());
        } catch (IllegalArgumentException e) {
            throw refused("option", line, String.valueOf(e.getMessage()));
        }
    }

    private void point(Target target, int line) throws Refused {
        String link = target.option("link");
        List<Link> links = services.links(target.scheme(), link);
        boolean known = links.stream()
                .flatMap(l -> l.offers().stream())
                .anyMatch(point -> point.name().equals(target.path()));
        if (!links.isEmpty() && !known) {
            throw refused(
                    "operation",
                    line,
                    "links of kind " + target.scheme() + " ask nothing named \"" + target.path() + "\" (expected: "
                            + Lint.points(links) + ")");
        }
        points.add(new Plan.Point(target.scheme(), link, target.path()));
        needs.add(new Need.OfLink(target.scheme(), link));
    }

    private void step(NamedNode step) throws Refused {
        if (step instanceof SendDefinition<?> send) {
            target(send.getEndpointUri(), line(step, beforeOptions(send.getEndpointUri())), false);
        } else if (step instanceof ToDynamicDefinition dynamic) {
            target(dynamic.getUri(), line(step, beforeOptions(dynamic.getUri())), true);
        } else if (step instanceof BeanDefinition bean) {
            bean(bean);
        } else {
            stateful(step);
        }
        if (step instanceof HasExpressionType node && node.getExpressionType() != null) {
            expression(node.getExpressionType(), step);
        }
    }

    private void target(@Nullable String uri, int line, boolean dynamic) throws Refused {
        Target target = Target.of(uri);
        if (target == null) {
            if (!dynamic) {
                throw refused("component", line, "to \"" + uri + "\" (expected: scheme:name)");
            }
            return;
        }
        checkScheme(target, line);
        inSimple(target.uri(), line);
        switch (target.scheme()) {
            case "direct", "seda" -> {
                checkSeda(target, line);
                if (!target.isDynamic()) {
                    innerTargets.put(target.path(), line);
                }
            }
            case "bean" -> beanNamed(target.path(), target.option("method"), line);
            case "class" -> throw classNamed(target.path(), line);
            case BusComponent.SCHEME -> {
                if (!target.isDynamic()) {
                    topic(target, line);
                }
            }
            default -> {
                if (services.isKind(target.scheme())) {
                    operation(target, line);
                }
            }
        }
    }

    private void operation(Target target, int line) throws Refused {
        String link = target.option("link");
        needs.add(new Need.OfLink(target.scheme(), link));
        List<Link> links = services.links(target.scheme(), link);
        boolean known = links.stream()
                .flatMap(l -> l.operations().stream())
                .anyMatch(operation -> operation.name().equals(target.path()));
        if (!links.isEmpty() && !known && !target.isDynamic()) {
            throw refused(
                    "operation",
                    line,
                    "links of kind " + target.scheme() + " have no operation \"" + target.path() + "\" (expected: "
                            + Lint.operations(links) + ")");
        }
    }

    private void bean(BeanDefinition bean) throws Refused {
        int line = line(bean, bean.getRef());
        if (bean.getBeanType() != null) {
            throw classNamed(bean.getBeanType(), line(bean, bean.getBeanType()));
        }
        if (bean.getRef() != null) {
            beanNamed(bean.getRef(), bean.getMethod(), line);
            if (isAway(bean.getRef())) {
                bean.setMethod(null);
            }
        }
    }

    private void expression(ExpressionDefinition expression, NamedNode step) throws Refused {
        if (expression instanceof MethodCallExpression call) {
            String type = call.getBeanTypeName();
            if (type != null) {
                throw classNamed(type, line(step, type));
            }
            if (call.getRef() != null) {
                beanNamed(call.getRef(), call.getMethod(), line(step, call.getRef()));
                if (isAway(call.getRef())) {
                    call.setValidate("false");
                }
            }
        } else if (expression.getExpression() != null) {
            inSimple(expression.getExpression(), line(step, expression.getExpression()));
        }
    }

    private void inSimple(String text, int line) throws Refused {
        Matcher matcher = SIMPLE_BEAN.matcher(text);
        while (matcher.find()) {
            beanNamed(matcher.group(1), matcher.group(2), line);
        }
    }

    private boolean isAway(String ref) {
        return !ownBeans.contains(plain(ref)) && services.bean(plain(ref)) == null;
    }

    private static String plain(String ref) {
        return ref.replaceFirst("^#(bean:)?", "");
    }

    private void beanNamed(String name, @Nullable String method, int line) throws Refused {
        String plain = plain(name);
        if (ownBeans.contains(plain)) {
            return;
        }
        needs.add(new Need.OfBean(plain));
        Object bean = services.bean(plain);
        if (bean != null && method != null) {
            Collection<String> methods = Methods.of(bean);
            String wanted = method.replaceFirst("\\(.*", "").trim();
            if (!methods.contains(wanted)) {
                throw refused(
                        "method",
                        Math.max(line, source.lineOf(wanted, line)),
                        "bean " + plain + " has no public method \"" + wanted + "\" (expected: " + listOf(methods)
                                + ")");
            }
        }
    }

    private Refused classNamed(String type, int line) {
        return refused(
                "rule",
                line,
                "class " + type + " named in a route (expected: a service with flow.bean=NAME, named by ref)");
    }

    private void stateful(NamedNode step) throws Refused {
        String what = null;
        if (step instanceof AggregateDefinition || step instanceof ResequenceDefinition) {
            what = "collects messages in the context, where an edit would lose them (expected: mediation does this)";
        } else if (step instanceof ThrottleDefinition
                || step instanceof CircuitBreakerDefinition
                || step instanceof SamplingDefinition) {
            what = "keeps state in the context, which an edit would forget (expected: a shared service by ref)";
        } else if (step instanceof IdempotentConsumerDefinition consumer) {
            String repository = consumer.getIdempotentRepository();
            if (repository == null || ownBeans.contains(plain(repository))) {
                what = "without a shared repository (expected: idempotentRepository names a service with flow.bean)";
            } else {
                needs.add(new Need.OfBean(plain(repository)));
            }
        }
        if (what != null) {
            throw refused("rule", line(step, step.getShortName()), step.getShortName() + " " + what);
        }
    }

    private void checkSeda(Target target, int line) throws Refused {
        if (target.scheme().equals("seda") && !"Always".equals(target.option("waitForTaskToComplete"))) {
            throw refused(
                    "rule",
                    line,
                    target.uri() + " keeps messages in the context, where an edit would lose them"
                            + " (expected: direct:, or the option waitForTaskToComplete=Always)");
        }
    }

    /** Call when all routes were seen. */
    void checkInnerTargets() throws Refused {
        for (var target : innerTargets.entrySet()) {
            if (!innerSources.contains(target.getKey())) {
                throw refused(
                        "rule",
                        target.getValue(),
                        "nobody reads direct:" + target.getKey() + " (expected: a route in this file from it"
                                + (innerSources.isEmpty() ? "" : "; there are " + listOf(innerSources)) + ")");
            }
        }
    }

    private int line(@Nullable LineNumberAware step, @Nullable String needle) {
        int begin = step == null ? 0 : Math.max(0, step.getLineNumber());
        int line = source.lineOf(needle, begin);
        return line > 0 ? line : begin;
    }

    private static @Nullable String beforeOptions(@Nullable String uri) {
        return uri == null ? null : uri.replaceFirst("\\?.*", "");
    }

    private static String listOf(Collection<String> names) {
        return names.isEmpty() ? "there are none" : String.join(", ", new TreeSet<>(names));
    }

    private static Refused refused(String code, int line, String reason) {
        return new Refused(code, line, reason);
    }
}
