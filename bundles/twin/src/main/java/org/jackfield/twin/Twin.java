package org.jackfield.twin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.twin.acd.AcdTwin;
import org.jackfield.twin.sbc.SbcTwin;
import org.jackfield.twin.scenario.Peers;
import org.jackfield.twin.scenario.Scenarios;
import org.jackfield.twin.teams.TeamsTwin;
import org.jspecify.annotations.Nullable;

/** All parts of the stand-in, started together. Thread-safe; {@link #close()} frees every port. */
public final class Twin implements AutoCloseable {
    private final TwinClock clock = new TwinClock();
    private final TwinLog log;
    private final Faults faults = new Faults();
    private final String secret;
    private final TeamsTwin teams;
    private final AcdTwin acd;
    private final SbcTwin sbc;
    private final Hop trunk;
    private final Scenarios scenarios = new Scenarios();
    private final Control control;
    private final AtomicBoolean closed = new AtomicBoolean();

    public Twin(Options options) throws IOException {
        this.log = new TwinLog(options.number("log"));
        List<AgentFile.Line> agents = AgentFile.read(options.path("agents"));
        this.secret = secret(options.path("secret-file"));
        this.teams = new TeamsTwin(
                options.number("graph"),
                new TeamsTwin.Registration(
                        options.get("tenant"),
                        options.get("client"),
                        secret,
                        Set.of(options.get("roles").split(" +"))),
                clock,
                faults,
                log);
        agents.forEach(agent -> {
            if (!agent.user().isEmpty()) {
                teams.presence().addUser(agent.user(), agent.upn());
            }
        });
        this.trunk = Hop.parse(options.get("trunk") + ";" + options.get("transport"));
        this.acd = new AcdTwin(
                new AcdTwin.Setup(
                        options.number("acd-sip"),
                        options.number("csta"),
                        trunk,
                        agents,
                        Set.of(options.get("pilots").split(" +")),
                        options.get("start"),
                        options.number("wrap-up"),
                        options.number("route-timeout"),
                        options.number("session-seconds"),
                        options.path("state")),
                faults,
                log);
        this.sbc = new SbcTwin(
                options.number("sbc"),
                trunk,
                options.number("ring"),
                options.number("options-seconds"),
                options.words("numbers"),
                clock,
                faults,
                log);
        this.control = new Control(options.number("control"), this);
    }

    public TwinClock clock() {
        return clock;
    }

    public TwinLog log() {
        return log;
    }

    public Faults faults() {
        return faults;
    }

    public TeamsTwin teams() {
        return teams;
    }

    public AcdTwin acd() {
        return acd;
    }

    public SbcTwin sbc() {
        return sbc;
    }

    public Scenarios scenarios() {
        return scenarios;
    }

    /**
     * Who plays scenarios.
     *
     * @param dnis a number that the host takes to the ACD, empty for that of the shipped configuration
     * @param expert a number of a Teams user that the ACD may call, empty for that of the shipped configuration
     */
    public Peers peers(String dnis, String expert) {
        return new Peers(
                new Peers.Side(sbc.userAgent(), trunk),
                sbc.otherAddress(),
                new Peers.Side(acd.userAgent(), trunk),
                dnis.isEmpty() ? "+4930555600" : dnis,
                expert.isEmpty() ? "+4930555900" : expert,
                faults,
                log);
    }

    /** The client secret of the app registration. */
    public String clientSecret() {
        return secret;
    }

    /** Where each part listens, by the name of its option. */
    public Map<String, Integer> ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("control", control.port());
        ports.put("sbc", sbc.port());
        ports.put("acd-sip", acd.sipPort());
        ports.put("csta", acd.cstaPort());
        ports.put("graph", teams.port());
        return ports;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        control.close();
        scenarios.close();
        sbc.close();
        acd.close();
        teams.close();
    }

    /** The secret in {@code file}, made there (mode 600) when the file is missing; one of this run when it is null. */
    private static String secret(@Nullable Path file) throws IOException {
        if (file != null && Files.exists(file)) {
            return Files.readString(file).strip();
        }
        byte[] bytes = new byte[20];
        new SecureRandom().nextBytes(bytes);
        String secret = HexFormat.of().formatHex(bytes);
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isWritable(folder)) {
                throw new IOException("secret-file: " + file + " (expected: in a folder that can be written)");
            }
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, secret + "\n");
        }
        return secret;
    }
}
