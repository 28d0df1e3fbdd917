package org.jackfield.testkit;

/** The ports of a host under test; each is a free one, chosen before the first start and kept over restarts. */
public enum Port {
    HTTP("org.ops4j.pax.web", "org.osgi.service.http.port"),
    SSH("org.apache.karaf.shell", "sshPort"),
    SIP("org.jackfield.sip-main", "port"),
    BROKER("org.jackfield.bus", "brokerPort");

    private final String pid;
    private final String key;

    Port(String pid, String key) {
        this.pid = pid;
        this.key = key;
    }

    /** False when the host listens there only with a configuration that its topology may lack. */
    boolean everyHost() {
        return this != SIP;
    }

    /** The configuration that holds the port, the name of its file without {@code .cfg}. */
    String pid() {
        return pid;
    }

    String key() {
        return key;
    }
}
