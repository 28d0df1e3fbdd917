package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.testkit.Conformance;
import org.jackfield.twin.scenario.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The twin's scenarios against this trunk as it is, and against one that is broken on purpose, which they must find. */
class BrokenPeerTest {
    /** Those that wait for no timer. */
    private static final String[] SHORT = {
        "S03", "S04", "S05", "S06", "S07", "S10", "S11", "S12", "S13", "S14", "S15", "S16", "S21"
    };

    private static ScenarioRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new ScenarioRig(Protocol.UDP);
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
    }

    @Test
    @Conformance("DR-94")
    void nothingIsFoundOnATrunkThatIsNotBroken() {
        rig.spoil(UnaryOperator.identity());
        assertThat(rig.play(SHORT))
                .filteredOn(Result::failed)
                .extracting(Result::line)
                .isEmpty();
    }

    @Test
    @Conformance({"DR-10", "DR-94"})
    void nothingIsFoundOverTcpEither() throws Exception {
        try (ScenarioRig overTcp = new ScenarioRig(Protocol.TCP)) {
            assertThat(overTcp.play(SHORT))
                    .filteredOn(Result::failed)
                    .extracting(Result::line)
                    .isEmpty();
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        "Referred-By in lower case",
                        "S11",
                        "DR-58",
                        header("Referred-By", v -> v.toLowerCase(Locale.ROOT))),
                Arguments.of(
                        "x-tt with its escapes undone",
                        "S11",
                        "DR-58",
                        header("Referred-By", v -> v.replace("%3D", "="))),
                Arguments.of("no NOTIFY", "S11", "DR-61", lost("NOTIFY")),
                Arguments.of(
                        "a subscription that does not end",
                        "S13",
                        "DR-61",
                        header("Subscription-State", v -> "active")),
                Arguments.of("an ACK sent to Contact on port 443", "S17", "DR-25", lost("ACK")),
                Arguments.of(
                        "an ACK without Route",
                        "S04",
                        "DR-24",
                        request("ACK", text -> text.replaceAll("Route: [^\r]*\r\n", ""))),
                Arguments.of(
                        "a Contact without x-i",
                        "S06",
                        "DR-24",
                        request("BYE", text -> text.replaceFirst(";x-i=[^;]*", ""))),
                Arguments.of(
                        "no reason in CANCEL",
                        "S05",
                        "DR-36",
                        request("CANCEL", text -> text.replaceAll("Reason: [^\r]*\r\n", ""))),
                Arguments.of(
                        "hold one way",
                        "S10",
                        "DR-51",
                        request("INVITE", text -> text.replace("a=inactive", "a=sendonly"))),
                Arguments.of(
                        "busy as cause 34", "S21", "DR-43", header("Reason", v -> v.replace("cause=17", "cause=34"))),
                Arguments.of(
                        "a Contact too many",
                        "S04",
                        "DR-22",
                        request(
                                "INVITE",
                                text -> text.replaceFirst(
                                        "\r\nContact: ", "\r\nContact: <sip:127.0.0.1>\r\nContact: "))),
                Arguments.of(
                        "a call without an offer",
                        "S04",
                        "DR-31",
                        request("INVITE", text -> text.substring(0, text.indexOf("\r\n\r\n") + 4))),
                Arguments.of(
                        "Replaces to Teams",
                        "S04",
                        "DR-30",
                        request(
                                "INVITE",
                                text -> text.replaceFirst(
                                        "\r\nContact: ", "\r\nReplaces: a;to-tag=b;from-tag=c\r\nContact: "))),
                Arguments.of(
                        "Allow without NOTIFY in one message",
                        "S16",
                        "DR-55",
                        request("INVITE", text -> text.replace("NOTIFY, ", ""))),
                Arguments.of(
                        "another fork's tag in the 200",
                        "S03",
                        "DR-34",
                        response(200, text -> text.replaceFirst("m=audio \\d+", "m=audio 4"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    @Conformance("DR-95")
    void faultIsFoundByItsAssertion(String name, String scenario, String assertion, UnaryOperator<String> fault) {
        rig.spoil(fault);
        List<Result> results = rig.play(scenario);
        assertThat(results)
                .as("%s is found by %s in %s", name, assertion, scenario)
                .anyMatch(result -> result.failed() && result.assertion().equals(assertion));
    }

    private static UnaryOperator<String> lost(String method) {
        return request(method, text -> "");
    }

    private static UnaryOperator<String> request(String method, UnaryOperator<String> change) {
        return text -> text.startsWith(method + " ") ? change.apply(text) : text;
    }

    private static UnaryOperator<String> response(int status, UnaryOperator<String> change) {
        return text -> text.startsWith("SIP/2.0 " + status) ? change.apply(text) : text;
    }

    /** Changes the values of a header. */
    private static UnaryOperator<String> header(String name, UnaryOperator<String> change) {
        Pattern pattern = Pattern.compile("(?m)^(" + name + ": )([^\r]*)");
        return text -> pattern.matcher(text)
                .replaceAll(found ->
                        java.util.regex.Matcher.quoteReplacement(found.group(1) + change.apply(found.group(2))));
    }
}
