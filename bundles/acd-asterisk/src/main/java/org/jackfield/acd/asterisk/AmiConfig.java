package org.jackfield.acd.asterisk;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What {@code etc/org.jackfield.ami-NAME.cfg} may say; {@link SettingsReader} checks it. Numbers are text so that a bad one can be named. */
@ObjectClassDefinition(
        name = "Jackfield Asterisk link",
        description = "One Asterisk, as ACD, by its manager interface (AMI) over TCP.")
@interface AmiConfig {
    @AttributeDefinition(description = "The host's tenant that this link belongs to.")
    String tenant() default "";

    @AttributeDefinition(description = "Asterisk's host name or address.")
    String host() default Settings.HOST;

    @AttributeDefinition(description = "The manager's port, 1-65535.")
    String port() default Settings.PORT;

    @AttributeDefinition(description = "The manager user.")
    String user() default "";

    @AttributeDefinition(description = "A file with the user's secret, relative to the host's folder or absolute.")
    String secretFile() default "";

    @AttributeDefinition(description = "The wait between attempts, for example exponential=200ms:30s,jitter=0.2.")
    String reconnect() default Settings.RECONNECT;

    @AttributeDefinition(description = "active, or observe: nothing is written.")
    String mode() default Settings.MODE;

    @AttributeDefinition(description = "Actions per second toward Asterisk, 1-10000.")
    String requestsPerSecond() default Settings.REQUESTS_PER_SECOND;

    @AttributeDefinition(description = "How long a connection and an answer of Asterisk may take, 100ms-60s.")
    String requestTimeout() default Settings.REQUEST_TIMEOUT;

    @AttributeDefinition(
            description = "How often Ping is sent, 100ms-10m; nothing heard for two of them ends the link.")
    String ping() default Settings.PING;

    @AttributeDefinition(
            description =
                    "The longest time to an answer of a route request, 100ms-60s; keep it below the dialplan's own.")
    String routeTimeout() default Settings.ROUTE_TIMEOUT;

    @AttributeDefinition(description = "The dialplan context to which a routed call is redirected.")
    String routeContext() default Settings.ROUTE_CONTEXT;

    @AttributeDefinition(description = "The dialplan context to which calls are transferred.")
    String transferContext() default Settings.TRANSFER_CONTEXT;

    @AttributeDefinition(name = "interface", description = "An agent as queue member, {device} for the agent's device.")
    String interface_() default Settings.IFACE;

    @AttributeDefinition(description = "The channel variable that holds the User-to-User header.")
    String uuiVariable() default Settings.UUI_VARIABLE;

    @AttributeDefinition(description = "The pause reason that stands for wrap-up.")
    String wrapUpReason() default Settings.WRAP_UP_REASON;

    @AttributeDefinition(
            description =
                    "Wrap-up by queue, for example 600=10s,*=0s, 0s-1h; what is missing is read from queues.conf.")
    String wrapUp() default "";
}
