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

    @AttributeDefinition(
            description = "The host's address as agents' browsers see it, for example https://jackfield.example.org;"
                    + " the agent page answers other machines when it is given. ADDRESS/agent/back must be registered as"
                    + " a redirect URI.")
    String agentUrl() default "";
}
