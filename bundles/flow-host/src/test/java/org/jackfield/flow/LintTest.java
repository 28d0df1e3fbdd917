package org.jackfield.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.jackfield.event.Topic;
import org.jackfield.testkit.FakeEventBus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LintTest {
    private final Services services = new Services();
    private final Lint lint =
            new Lint(new Contexts(() -> new DefaultCamelContext(false), false), services, new FakeEventBus());

    public static final class Policy {
        public Object onAgentState(Object event) {
            return event;
        }
    }

    @BeforeEach
    void policy() {
        services.know(List.of("csta", "sip", "teams"));
        services.bean("policy", new Policy());
    }

    @Test
    void goodRouteTellsWhatItNeeds() throws Exception {
        var plan = lint.check(yaml("""
                # comment
                - route:
                    id: presence
                    from:
                      uri: bus:agent
                      parameters:
                        types: agent.state.changed
                      steps:
                        - bean: {ref: policy, method: onAgentState}
                        - to:
                            uri: teams:presence
                            parameters: {timeout: 3s}
                """), null);

        assertThat(plan.topics()).containsExactly(Topic.AGENT);
        assertThat(plan.needs()).containsExactlyInAnyOrder(new Need.OfBean("policy"), new Need.OfLink("teams", null));
        assertThat(plan.points()).isEmpty();
    }

    @Test
    void methodOfAMissingBeanIsNotLookedFor() throws Exception {
        var plan = lint.check(yaml("""
                - from:
                    uri: bus:call?types=call.transferred
                    steps:
                      - doTry:
                          steps:
                            - bean: {ref: elsewhere, method: "seen(${body})"}
                          doCatch:
                            - exception: [java.lang.Exception]
                              steps:
                                - bean: {ref: elsewhere, method: "failed(${exchangeProperty.event}, ${exception.message})"}
                """), null);

        assertThat(plan.needs()).containsExactly(new Need.OfBean("elsewhere"));
    }

    @Test
    void routeThatNeedsAMissingBeanIsGood() throws Exception {
        var plan = lint.check(yaml("""
                - from:
                    uri: sip:invite
                    steps:
                      - bean: {ref: elsewhere, method: decide}
                """), null);

        assertThat(plan.missing(services)).containsExactly(new Need.OfBean("elsewhere"), new Need.OfLink("sip", null));
        assertThat(plan.points()).containsExactly(new Plan.Point("sip", null, "invite"));
    }

    @Test
    void unknownComponentIsRefusedWithItsLine() {
        refused("component", 3, "unknown component \"tems\"", """
                - from:
                    uri: bus:agent
                    steps: [{to: "tems:presence"}]
                """);
    }

    private void refused(String code, int line, String reason, String text) {
        var refused = catchThrowableOfType(Refused.class, () -> lint.check(yaml(text), null));
        assertThat(refused).as("refusal").isNotNull();
        assertThat(refused.reason() + " [" + refused.code() + " " + refused.line() + "]")
                .contains(reason);
        assertThat(refused.code() + ":" + refused.line()).as(refused.reason()).isEqualTo(code + ":" + line);
    }

    @Test
    void syntaxErrorIsRefusedWithItsLine() {
        refused("syntax", 3, "expected the node content, but found", """
                - from:
                    uri: bus:agent
                  stepps: [
                """);
    }

    @Test
    void unknownStepIsRefusedWithItsLine() {
        refused("syntax", 4, "Unknown node id: tto", """
                - from:
                    uri: bus:agent
                    steps:
                      - tto: log:x
                """);
    }

    @Test
    void unknownOptionIsRefused() {
        refused("option", 3, "unknown option \"lnk\"", """
                - from:
                    uri: bus:agent
                    steps: [{to: "teams:presence?lnk=main"}]
                """);
    }

    @Test
    void unknownTopicIsRefused() {
        refused("option", 2, "unknown topic \"agnt\" (expected: agent, audit, call", """
                - from:
                    uri: bus:agnt
                    steps: [{log: hello}]
                """);
    }

    @Test
    void methodThatTheBeanLacksIsRefused() {
        refused("method", 4, "bean policy has no public method \"onAgentStat\" (expected: onAgentState)", """
                - from:
                    uri: bus:agent
                    steps:
                      - bean: {ref: policy, method: onAgentStat}
                """);
    }

    @Test
    void methodOfAnExpressionIsCheckedToo() {
        refused("method", 7, "\"gone\"", """
                - from:
                    uri: bus:agent
                    steps:
                      - choice:
                          when:
                            - expression:
                                simple: "${bean:policy?method=gone}"
                              steps:
                                - log: x
                """);
    }

    @Test
    void directThatNobodyReadsIsRefused() {
        refused("rule", 3, "nobody reads direct:away", """
                - from:
                    uri: bus:agent
                    steps: [{to: "direct:away"}]
                """);
    }

    @Test
    void unknownRouteConfigurationIsRefused() {
        refused("rule", 2, "unknown routeConfigurationId \"strict\" (expected: there are none)", """
                - route:
                    routeConfigurationId: strict
                    from:
                      uri: bus:agent
                      steps: [{log: x}]
                """);
    }

    @Test
    void aggregationIsRefused() {
        refused("rule", 4, "aggregate collects messages", """
                - from:
                    uri: bus:agent
                    steps:
                      - aggregate:
                          correlationExpression: {constant: a}
                          completionSize: 3
                          aggregationStrategy: "#class:org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy"
                          steps: [{log: x}]
                """);
    }

    @Test
    void classNamedInARouteIsRefused() {
        refused("rule", 4, "class org.example.Policy named in a route", """
                - from:
                    uri: bus:agent
                    steps:
                      - bean: {beanType: org.example.Policy, method: x}
                """);
    }

    @Test
    void dynamicTargetOfAnUnknownSchemeIsRefused() {
        refused("component", 4, "unknown component \"htp\"", """
                - from:
                    uri: bus:agent
                    steps:
                      - toD: "htp:${header.x}"
                """);
    }

    @Test
    void unknownPlaceholderIsRefused() {
        refused("placeholder", 4, "unknown placeholder {{nowhere}}", """
                - from:
                    uri: bus:agent
                    steps:
                      - to: "log:{{nowhere}}"
                """);
    }

    @Test
    void unknownDataFormatIsRefused() {
        refused("dataformat", 4, "unknown data format", """
                - from:
                    uri: bus:agent
                    steps:
                      - marshal:
                          avro: {}
                """);
    }

    @Test
    void brokenExpressionIsRefused() {
        refused("expression", 4, "expression \"${body\": expected symbol", """
                - from:
                    uri: bus:agent
                    steps:
                      - setBody: {simple: "${body"}
                """);
    }

    @Test
    void emptyFileIsRefused() {
        refused("empty", 0, "empty", "\n");
    }

    @Test
    void xmlIsRead() throws Exception {
        var plan = lint.check(
                Source.of(
                        "x.camel.xml",
                        "<routes><route><from uri=\"bus:call\"/><to uri=\"log:x\"/></route></routes>"
                                .getBytes(StandardCharsets.UTF_8)),
                null);
        assertThat(plan.topics()).containsExactly(Topic.CALL);
    }

    @Test
    void defaultsApply() throws Exception {
        var defaults = Source.of("_defaults.camel.yaml", """
                - routeConfiguration:
                    id: strict
                    onException:
                      - onException:
                          exception: [java.lang.Exception]
                          redeliveryPolicy: {maximumRedeliveries: 2}
                """.getBytes(StandardCharsets.UTF_8));
        lint.check(defaults, null);
        lint.check(yaml("""
                - route:
                    routeConfigurationId: strict
                    from:
                      uri: bus:agent
                      steps: [{log: x}]
                """), defaults);
        assertThatThrownBy(() -> lint.check(
                        Source.of(
                                "_defaults.camel.yaml",
                                "- from: {uri: 'bus:agent', steps: [{log: x}]}".getBytes(StandardCharsets.UTF_8)),
                        null))
                .hasMessageContaining("expected: routeConfiguration only");
    }

    private static Source yaml(String text) {
        return Source.of("test.camel.yaml", text.getBytes(StandardCharsets.UTF_8));
    }
}
