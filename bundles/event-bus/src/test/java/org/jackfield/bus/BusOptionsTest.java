package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BusOptionsTest {
    @Test
    void emptyConfigurationIsALaptop() {
        BusOptions options = BusOptions.of(Map.of("service.pid", "org.jackfield.bus"));
        assertThat(options.faults()).isEmpty();
        assertThat(options.embedded()).isTrue();
        assertThat(options.brokerPort()).isEqualTo(9092);
        assertThat(options.partitions()).isEqualTo(1);
    }

    @Test
    void allFaultsAreToldAtOnceWithValueExpectationAndFile() {
        BusOptions options = BusOptions.of(Map.of(
                "brokerPort", "0",
                "spoolLimitMb", "lots",
                "node", "N 1",
                "bootstrapServers", "nowhere",
                "tenants", "demo, Acme"));
        assertThat(options.faults())
                .containsExactlyInAnyOrder(
                        "brokerPort: 0 (expected: 1-65535) in etc/org.jackfield.bus.cfg",
                        "spoolLimitMb: lots (expected: 32-65536) in etc/org.jackfield.bus.cfg",
                        "node: N 1 (expected: lower-case letters, digits and dashes, 1-32 characters) in"
                                + " etc/org.jackfield.bus.cfg",
                        "bootstrapServers: nowhere (expected: host:port,host:port or empty) in"
                                + " etc/org.jackfield.bus.cfg",
                        "tenants: Acme (expected: lower-case letters, digits and dashes, 1-63 characters) in"
                                + " etc/org.jackfield.bus.cfg");
    }

    @Test
    void clusterAndTenantsAreLists() {
        BusOptions options =
                BusOptions.of(Map.of("bootstrapServers", "k1:9092,k2:9092", "tenants", "demo, acme", "partitions", 6));
        assertThat(options.faults()).isEmpty();
        assertThat(options.embedded()).isFalse();
        assertThat(options.tenants()).containsExactly("demo", "acme");
        assertThat(options.partitions()).isEqualTo(6);
    }
}
