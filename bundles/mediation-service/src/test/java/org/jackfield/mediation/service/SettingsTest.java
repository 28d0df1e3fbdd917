package org.jackfield.mediation.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jackfield.mediation.presence.Pair;
import org.jackfield.mediation.presence.PresenceOptions;
import org.jackfield.mediation.routing.RoutingOptions;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static Settings read(Map<String, String> lines) {
        return Settings.read(lines, "etc/x.cfg");
    }

    @Test
    void nothingMeansTheDefaults() {
        Settings settings = read(Map.of());
        assertThat(settings.faults()).isEmpty();
        assertThat(settings.presence()).isEqualTo(PresenceOptions.defaults());
        assertThat(settings.routing()).isEqualTo(RoutingOptions.defaults());
    }

    @Test
    void theShippedFileIsGoodAndItsCommentsShowTheDefaults() throws Exception {
        String text = Files.readString(Path.of("../../etc/org.jackfield.mediation.cfg"));
        Settings shipped = read(lines(text));
        assertThat(shipped.faults()).isEmpty();
        assertThat(shipped.routing().rules()).hasSize(1);
        Settings uncommented = read(lines(text.replaceAll("(?m)^#([a-zA-Z.]+ =)", "$1")));
        assertThat(uncommented.faults()).isEmpty();
        assertThat(uncommented.presence()).isEqualTo(PresenceOptions.defaults());
        assertThat(uncommented.routing().allowed())
                .isEqualTo(RoutingOptions.defaults().allowed());
        assertThat(uncommented.routing().allowedDesk())
                .isEqualTo(RoutingOptions.defaults().allowedDesk());
        assertThat(uncommented.routing().reserve())
                .isEqualTo(RoutingOptions.defaults().reserve());
    }

    private static Map<String, String> lines(String text) throws Exception {
        var properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> lines = new HashMap<>();
        properties.forEach((key, value) -> lines.put((String) key, (String) value));
        return lines;
    }

    @Test
    void choicesAreTaken() {
        Settings settings = read(Map.of(
                "presence.wrapUp", "donotdisturb/presenting",
                "presence.pause", "none",
                "presence.awayHold", "500ms",
                "presence.writesToAcd", "3",
                "presence.busyToAcd", "false",
                "dnis", "+4930*:teams, *:refuse=480"));
        assertThat(settings.faults()).isEmpty();
        assertThat(settings.presence().wrapUp()).isEqualTo(Pair.PRESENTING);
        assertThat(settings.presence().pause()).isNull();
        assertThat(settings.presence().awayHold()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.presence().writesToAcd()).isEqualTo(3);
        assertThat(settings.presence().busyToAcd()).isFalse();
        assertThat(settings.routing().rules().get(1).target()).isEqualTo(new RoutingOptions.Target.Refused(480));
    }

    @Test
    void everyFaultIsNamedWithValueExpectationAndFile() {
        Settings settings = read(Map.of(
                "presence.call", "Available/Available",
                "presence.callExpiry", "1m",
                "presence.writesToAcd", "0",
                "presence.busyToAcd", "perhaps",
                "dnis", "600",
                "dnsi", "x"));
        assertThat(settings.faults())
                .hasSize(6)
                .allMatch(fault -> fault.endsWith(" in etc/x.cfg"))
                .anyMatch(fault -> fault.startsWith("presence.writesToAcd: 0 (expected: 1-600)"))
                .anyMatch(fault -> fault.startsWith("presence.callExpiry: 1m (expected: a time such as"))
                .anyMatch(fault -> fault.startsWith("dnsi: x (expected: one of "));
        assertThat(settings.presence()).isEqualTo(PresenceOptions.defaults());
    }

    @Test
    void whatTheFrameworkAddsIsNoFault() {
        Map<String, Object> properties = Map.of(
                "service.pid",
                "org.jackfield.mediation",
                "component.id",
                7L,
                "felix.fileinstall.filename",
                "x",
                "dnis",
                new String[] {"+49301:600", "+49302:601"});
        assertThat(Settings.lines(properties)).isEqualTo(Map.of("dnis", "+49301:600,+49302:601"));
    }
}
