package org.jackfield.acd.csta;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jackfield.protocol.csta.CapabilityMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the ACD for its devices (GetSwitchingFunctionDevices, ECMA-269 13.1.5), which come in segments behind the
 * answer. Used on the lane only.
 */
final class Discovery {
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
    /** What agents sit at and are grouped in; trunks, parks and the like are not monitored. */
    private static final Set<String> WANTED = Set.of("station", "acd", "acdGroup", "group");

    private final Settings settings;
    private final Pacer pacer;
    private final Consumer<Set<String>> found;
    private final Set<String> devices = new LinkedHashSet<>();
    private @Nullable String crossRef;

    Discovery(Settings settings, Pacer pacer, Consumer<Set<String>> found) {
        this.settings = settings;
        this.pacer = pacer;
        this.found = found;
    }

    /** Asks, when the configuration says so. */
    void connected() {
        crossRef = null;
        devices.clear();
        if (settings.discover()) {
            pacer.ask(new CapabilityMessage.Devices(null), (answer, failure) -> {
                if (answer != null) {
                    crossRef = answer.crossRef();
                } else if (failure != null && !Failures.cut(Failures.cause(failure))) {
                    LOG.warn(
                            "{}: the ACD does not tell its devices, only those of the dictionary are monitored: {}",
                            settings.id(),
                            Failures.cause(failure).getMessage());
                }
            });
        }
    }

    /** A segment; one that comes before the answer counts too. */
    void segment(CapabilityMessage.DeviceList list) {
        if (!settings.discover() || (crossRef != null && !crossRef.equals(list.crossRef()))) {
            return;
        }
        for (CapabilityMessage.Entry entry : list.devices()) {
            if (!entry.device().isEmpty() && (entry.category() == null || WANTED.contains(entry.category()))) {
                devices.add(entry.device());
            }
        }
        if (list.last()) {
            LOG.info("{}: the ACD has {} devices", settings.id(), devices.size());
            found.accept(Set.copyOf(devices));
        }
    }
}
