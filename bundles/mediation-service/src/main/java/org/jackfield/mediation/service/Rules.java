package org.jackfield.mediation.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.mediation.presence.PresencePolicy;
import org.jackfield.mediation.routing.CallRouter;

/** The rules in force: one set for all tenants, and one for each that wants something else. Immutable. */
final class Rules {
    static final String FILE = "etc/org.jackfield.mediation.cfg";

    /** A tenant's rules. */
    record Of(PresencePolicy presence, CallRouter router) {
        static Of settings(Settings settings) {
            return new Of(new PresencePolicy(settings.presence()), new CallRouter(settings.routing()));
        }
    }

    private final Of common;
    private final Map<String, Of> tenants;
    private final List<String> faults;

    Rules(Map<String, String> lines, Collection<TenantOverride> overrides) {
        Settings settings = Settings.read(lines, FILE);
        List<String> found = new ArrayList<>(settings.faults());
        Map<String, Of> special = new HashMap<>();
        for (TenantOverride override : overrides) {
            Map<String, String> merged = new HashMap<>(lines);
            merged.putAll(override.lines());
            Settings own = Settings.read(merged, override.file());
            own.faults().stream()
                    .filter(fault -> override.lines().keySet().stream().anyMatch(key -> fault.startsWith(key + ":")))
                    .forEach(found::add);
            special.put(override.tenant(), Of.settings(own));
        }
        common = Of.settings(settings);
        tenants = Map.copyOf(special);
        faults = List.copyOf(found);
    }

    Of of(String tenant) {
        return tenants.getOrDefault(tenant, common);
    }

    List<String> faults() {
        return faults;
    }
}
