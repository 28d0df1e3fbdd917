package org.jackfield.sip;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** One trunk, from {@code etc/org.jackfield.sip-NAME.cfg}. */
@ObjectClassDefinition(name = "Jackfield SIP trunk")
@interface TrunkConfig {
    @AttributeDefinition(description = "The tenant whose calls these are.")
    String tenant() default "demo";

    @AttributeDefinition(description = "The address to listen on.")
    String host() default "127.0.0.1";

    @AttributeDefinition(description = "The port to listen on, for all transports; 1-65535.")
    int port() default 5060;

    @AttributeDefinition(description = "udp, tcp or both.")
    String[] transports() default {"udp", "tcp"};

    @AttributeDefinition(description = "The host that Via and Contact name; empty for the address to listen on.")
    String advertised() default "";

    @AttributeDefinition(
            description =
                    "behind-sbc: the SBC owns host parts; teams-facing, for laboratories: the trunk plays the SBC and names itself and its callers by advertised.")
    String role() default "behind-sbc";

    @AttributeDefinition(
            description = "Whether P-Asserted-Identity goes out with role=teams-facing; behind an SBC it always does.")
    boolean assertedIdentity() default false;

    @AttributeDefinition(description = "Where the SBC is, host:port;transport.")
    String sbc() default "127.0.0.1:15060;udp";

    @AttributeDefinition(description = "The host's user at the SBC, when that challenges requests; empty for none.")
    String sbcUser() default "";

    @AttributeDefinition(
            description = "A file with the password of sbcUser, relative to the host's folder or absolute.")
    String sbcPasswordFile() default "";

    @AttributeDefinition(description = "Where the ACD takes calls, host:port;transport.")
    String acd() default "127.0.0.1:15070;udp";

    @AttributeDefinition(description = "The host's user at the ACD, when that challenges requests; empty for none.")
    String acdUser() default "";

    @AttributeDefinition(
            description = "A file with the password of acdUser, relative to the host's folder or absolute.")
    String acdPasswordFile() default "";

    @AttributeDefinition(
            description = "none, md5 or sha-256: whether calls of the ACD must bring acdUser and its password.")
    String acdChallenge() default "none";

    @AttributeDefinition(
            description = "A regular expression; a call from the SBC whose From or Contact matches is Teams'.")
    String teamsMatch() default "pstnhub\\.(microsoft|gov\\.teams|dod\\.teams)|dialin\\.teams";

    @AttributeDefinition(description = "Numbers by which the ACD moves calls, FIRST-LAST.")
    String aliases() default "+4930555990-+4930555999";

    @AttributeDefinition(description = "Whether REFER from the SBC is taken: pass, sbc-local or none.")
    String refer() default "pass";

    @AttributeDefinition(description = "The ACD number for calls that no flow answers; empty to refuse them with 503.")
    String defaultPilot() default "";

    @AttributeDefinition(description = "How long a flow may think about an INVITE, 1-5000 ms.")
    int offerTimeoutMs() default 50;

    @AttributeDefinition(description = "How often SBC and ACD are asked by OPTIONS, 5-3600 s; 0 for never.")
    int optionsIntervalSeconds() default 30;

    @AttributeDefinition(
            description =
                    "After this long without 180 from the ACD the caller gets one from here, 0-60000 ms; 0 for never.")
    int ringbackMs() default 7_000;

    @AttributeDefinition(description = "How long a call may ring, 10-600 s.")
    int ringTimeoutSeconds() default 180;

    @AttributeDefinition(
            description = "How long a transfer waits to be taken before the trunk bridges it, 100-30000 ms.")
    int transferTakeMs() default 2_000;

    @AttributeDefinition(description = "How long a taken transfer waits for the ACD to dial its alias, 1-120 s.")
    int transferMoveSeconds() default 15;

    @AttributeDefinition(description = "How long the referring leg may stay after its transfer, 1-120 s.")
    int transferByeSeconds() default 32;

    @AttributeDefinition(
            description =
                    "How often the peers of calls from before a restart are asked whether those are still up, 1-86400 s; the first time 40 to 60 s after it, or earlier when this is less.")
    int auditSeconds() default 900;

    @AttributeDefinition(description = "Calls at the same time, 1-100000; more get 503.")
    int maxCalls() default 5_000;

    @AttributeDefinition(
            description =
                    "b2bua: calls go through the host; redirect: the caller is sent on by 302 and the host is out.")
    String mode() default "b2bua";

    @AttributeDefinition(description = "Whether the ACD gets 180 without SDP for a 183 of the SBC.")
    boolean suppress183() default false;

    @AttributeDefinition(
            description =
                    "Emergency numbers, with commas between them: put through to the SBC past limits, drain, screening and flows, with all their bodies.")
    String emergency() default "110,112,911,999";

    @AttributeDefinition(description = "The smallest session interval taken, 90-86400 s; less gets 422.")
    int minSessionSeconds() default 90;

    @AttributeDefinition(
            description = "Transactions of one source address at a time, 100-1000000; more get 503 without a trace.")
    int transactionsPerSource() default 100_000;

    @AttributeDefinition(
            description = "Calls that one source address may have open, 100-1000000; more get 503 with Retry-After.")
    int dialogsPerSource() default 20_000;

    @AttributeDefinition(description = "TCP connections of one source address at a time, 1-10000.")
    int connectionsPerSource() default 500;

    @AttributeDefinition(description = "Bytes of one message, 2048-65535.")
    int maxMessage() default 65_535;

    @AttributeDefinition(
            description =
                    "Bytes of a request above which a peer reached by UDP gets it by TCP (RFC 3261 section 18.1.1), if it takes a connection; 576-65535, 65535 for never.")
    int largestDatagram() default 1_300;

    @AttributeDefinition(description = "How the host calls itself in X-MS-SBC: vendor/model/version.")
    String sbcName() default "Jackfield/trunk/0.1";
}
