package org.jackfield.teams;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What {@code etc/org.jackfield.teams-NAME.cfg} may say; {@link Settings} checks it. Numbers are text so that a bad one can be named. */
@ObjectClassDefinition(
        name = "Jackfield Teams link",
        description = "One Entra application in one Microsoft 365 tenant.")
@interface TeamsConfig {
    @AttributeDefinition(description = "The host's tenant that this link belongs to.")
    String tenant() default "";

    @AttributeDefinition(description = "The Entra directory (tenant) id, a GUID.")
    String directoryId() default "";

    @AttributeDefinition(description = "The application (client) id, a GUID; also the presence session's id.")
    String clientId() default "";

    @AttributeDefinition(description = "A file with the client secret, relative to the host's folder or absolute.")
    String secretFile() default "";

    @AttributeDefinition(description = "The name of an environment variable with the client secret, instead of a file.")
    String secretEnv() default "";

    @AttributeDefinition(
            description = "A file with a private key and its certificate instead of a secret, PEM (PKCS#8) or PKCS#12.")
    String certificateFile() default "";

    @AttributeDefinition(description = "A file with the password of a PKCS#12 file.")
    String certificatePasswordFile() default "";

    @AttributeDefinition(description = "A file to keep tokens in over a restart, encrypted; needs tokenKeyFile.")
    String tokenFile() default "";

    @AttributeDefinition(description = "A file with the 32 bytes of the key for tokenFile; made when it is missing.")
    String tokenKeyFile() default "";

    @AttributeDefinition(description = "global, gcc-high or dod; China has no presence API.")
    String cloud() default Settings.CLOUD;

    @AttributeDefinition(
            description = "Graph's address instead of the cloud's, with or without /v1.0; plain http on loopback only.")
    String graphUrl() default "";

    @AttributeDefinition(description = "Entra's address instead of the cloud's; plain http on loopback only.")
    String loginUrl() default "";

    @AttributeDefinition(description = "active, or observe: nothing is written.")
    String mode() default Settings.MODE;

    @AttributeDefinition(description = "Presence requests that Graph allows per 30 s, 30-100000.")
    String limit() default Settings.LIMIT;

    @AttributeDefinition(description = "How much of the limit the host uses, in percent, 1-100.")
    String share() default Settings.SHARE;

    @AttributeDefinition(description = "Time between two reads of all agents, auto or 500ms-5m.")
    String sweep() default Settings.SWEEP;

    @AttributeDefinition(description = "Expiry of a presence session whose intent names none, 5m-4h.")
    String expiry() default Settings.EXPIRY;

    @AttributeDefinition(description = "Time for one request, 1s-60s.")
    String timeout() default Settings.TIMEOUT;

    @AttributeDefinition(description = "Requests under way at once, 1-256.")
    String concurrency() default Settings.CONCURRENCY;

    @AttributeDefinition(description = "An HTTP proxy as host:port, or nothing.")
    String proxy() default "";
}
