package org.jackfield.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jackfield.plugin.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostMetersTest {
    private final HostMeters meters = new HostMeters();

    @AfterEach
    void close() {
        meters.deactivate();
    }

    @Test
    void countersAndJvmFiguresAreOnThePage() {
        meters.counter("jackfield.input.refused", "place", "csta:main", "reason", "length")
                .increment();

        assertThat(meters.text())
                .contains("jackfield_input_refused_total{place=\"csta:main\",reason=\"length\"} 1.0")
                .contains("jvm_memory_used_bytes{")
                .contains("jvm_threads_live_threads")
                .contains("jvm_gc_");
    }

    @Test
    void linkGaugeComesAndGoesWithTheLink() {
        var gauges = new LinkGauges(meters);
        var link = ReadinessTest.link("csta", Status.up("connected", Instant.EPOCH));

        gauges.addLink(link);
        assertThat(meters.text()).contains("jackfield_link_up{kind=\"csta\",name=\"main\",tenant=\"demo\"} 1.0");

        gauges.removeLink(link);
        assertThat(meters.text()).doesNotContain("jackfield_link_up");
    }
}
