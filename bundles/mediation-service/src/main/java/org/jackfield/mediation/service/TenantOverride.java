package org.jackfield.mediation.service;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * What one tenant wants otherwise, from {@code etc/org.jackfield.mediation.tenant-<tenant>.cfg}; the same keys as in
 * {@code org.jackfield.mediation.cfg}. Immutable.
 */
@Component(
        service = TenantOverride.class,
        configurationPid = TenantOverride.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class TenantOverride {
    static final String PID = "org.jackfield.mediation.tenant";

    private final String tenant;
    private final Map<String, String> lines;

    @Activate
    public TenantOverride(Map<String, Object> properties) {
        this(nameOf(String.valueOf(properties.get("service.pid"))), Settings.lines(properties));
    }

    TenantOverride(String tenant, Map<String, String> lines) {
        this.tenant = tenant;
        this.lines = Map.copyOf(lines);
    }

    private static String nameOf(String pid) {
        return pid.substring(pid.indexOf('~') + 1);
    }

    String tenant() {
        return tenant;
    }

    Map<String, String> lines() {
        return lines;
    }

    String file() {
        return "etc/" + PID + "-" + tenant + ".cfg";
    }
}
