package org.jackfield.plugin;

import org.osgi.annotation.versioning.ConsumerType;

/** A part of the host besides links that says how it is; an OSGi service. Must not block. */
@ConsumerType
public interface Health {
    /** Its name on the health page, for example {@code bus}. */
    String name();

    Status status();

    /** True when the host is not ready while this part does not work. */
    default boolean required() {
        return false;
    }
}
