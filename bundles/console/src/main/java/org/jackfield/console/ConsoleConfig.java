package org.jackfield.console;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Who may see the pages. */
@ObjectClassDefinition(name = "Jackfield console")
@interface ConsoleConfig {
    /** The PID, and with {@code .cfg} the file in {@code etc}. */
    String PID = "org.jackfield.console";

    @AttributeDefinition(
            description = "true also answers other machines; there is no sign-in yet, so put a proxy before it.")
    boolean remote() default false;
}
