package org.jackfield.bus;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code etc/org.jackfield.acd-NAME.cfg}; read and checked by {@link AcdSettings}. */
@ObjectClassDefinition(
        name = "Jackfield ACD on Kafka",
        description = "One ACD that writes events to jackfield.TENANT.in.NAME and reads orders from the topic command.")
@interface AcdConfiguration {
    String PID = "org.jackfield.acd";

    @AttributeDefinition(description = "The host's tenant that this link belongs to.")
    String tenant() default "";

    @AttributeDefinition(description = "active, or observe: no orders are written.")
    String mode() default "active";

    @AttributeDefinition(description = "The longest time to an answer of a route request, 100ms-60s.")
    String routeTimeout() default "5s";

    @AttributeDefinition(description = "A route request older than this is dropped, 1s-10m.")
    String timeToLive() default "30s";
}
