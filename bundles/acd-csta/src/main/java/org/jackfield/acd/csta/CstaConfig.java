package org.jackfield.acd.csta;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What {@code etc/org.jackfield.csta-NAME.cfg} may say; {@link SettingsReader} checks it. Numbers are text so that a bad one can be named. */
@ObjectClassDefinition(
        name = "Jackfield CSTA link",
        description = "One ACD that speaks CSTA in XML (ECMA-323) over TCP.")
@interface CstaConfig {
    @AttributeDefinition(description = "The host's tenant that this link belongs to.")
    String tenant() default "";

    @AttributeDefinition(description = "The ACD's host name or address.")
    String host() default Settings.HOST;

    @AttributeDefinition(description = "The ACD's port, 1-65535; CSTA has no registered one.")
    String port() default "";

    @AttributeDefinition(description = "true for TLS 1.2 or later; the certificate must name the host.")
    String tls() default "false";

    @AttributeDefinition(description = "A PEM file with the certificates to trust; empty for those of the JVM.")
    String trustFile() default "";

    @AttributeDefinition(description = "A PEM file with the own certificate and its issuers; empty for none.")
    String certificateFile() default "";

    @AttributeDefinition(description = "A PEM file with its private key, PKCS#8 without a password.")
    String keyFile() default "";

    @AttributeDefinition(description = "true to ask the ACD for its devices and to monitor those too.")
    String discover() default "false";

    @AttributeDefinition(description = "false where the ACD does not answer GetSwitchingFunctionCapabilities.")
    String capabilities() default "true";

    @AttributeDefinition(description = "false where the ACD has no SnapshotDevice and SnapshotCall.")
    String callSnapshots() default "true";

    @AttributeDefinition(description = "true to send the reason of a NotReady as BroadSoft's private data.")
    String sendReasons() default "false";

    @AttributeDefinition(description = "The edition asked for: ed2, ed3, ed4, ed5 or ed6.")
    String edition() default Settings.EDITION;

    @AttributeDefinition(description = "false where the ACD has no application session (ECMA-354).")
    String applicationSession() default "true";

    @AttributeDefinition(description = "The applicationID of the application session.")
    String applicationId() default Settings.APPLICATION_ID;

    @AttributeDefinition(description = "The user, where the dialect wants one.")
    String user() default "";

    @AttributeDefinition(description = "A file with the user's password, relative to the host's folder or absolute.")
    String passwordFile() default "";

    @AttributeDefinition(description = "The wait between attempts, for example exponential=200ms:30s,jitter=0.2.")
    String reconnect() default Settings.RECONNECT;

    @AttributeDefinition(description = "active, or observe: nothing is written.")
    String mode() default Settings.MODE;

    @AttributeDefinition(description = "Requests per second toward the ACD, 1-10000.")
    String requestsPerSecond() default Settings.REQUESTS_PER_SECOND;

    @AttributeDefinition(description = "Monitors at most, 1-100000.")
    String monitors() default Settings.MONITORS;

    @AttributeDefinition(description = "true to monitor the agents' ACD groups too, besides their devices.")
    String monitorGroups() default "true";

    @AttributeDefinition(
            description = "The routeing devices to answer for, separated by commas; * for all, empty for none.")
    String routeingDevices() default "";

    @AttributeDefinition(description = "The longest time to an answer of a route request, 100ms-60s.")
    String routeTimeout() default Settings.ROUTE_TIMEOUT;

    @AttributeDefinition(description = "How long an answer of the ACD may take, 100ms-60s.")
    String requestTimeout() default Settings.REQUEST_TIMEOUT;

    @AttributeDefinition(description = "How often SystemStatus is sent, 100ms-10m; 0s for never.")
    String systemStatus() default Settings.SYSTEM_STATUS;

    @AttributeDefinition(description = "The application session's duration asked for, 2s-1h.")
    String sessionDuration() default Settings.SESSION_DURATION;
}
