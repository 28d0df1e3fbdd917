package org.jackfield.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jackfield.testkit.KarafDistribution;
import org.jackfield.testkit.Port;
import org.jackfield.testkit.TwinProcess;

/** A host under test and a twin that know each other, with as many agents as a test needs. */
final class Rig implements AutoCloseable {
    static final String TENANT = "demo";
    /** The DNIS of the queue in the shipped configuration. */
    static final String DNIS = "+4930555600";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KarafDistribution host;
    private final TwinProcess twin;
    private final Path ledger;

    private Rig(KarafDistribution host, TwinProcess twin, Path ledger) {
        this.host = host;
        this.twin = twin;
        this.ledger = ledger;
    }

    /**
     * Starts the twin and writes the host's configuration; the host itself is not started.
     *
     * @param sbc where the host sends calls for phones and Teams: the port of a foreign peer, or 0 for the twin's SBC
     * @param twinOptions further options of the twin
     */
    static Rig prepare(KarafDistribution host, int agents, int sbc, String... twinOptions) {
        return prepare(host, dictionary(agents), sbc, twinOptions);
    }

    /** The same with the agents of the shipped dictionary. */
    static Rig asShipped(KarafDistribution host, String... twinOptions) {
        try {
            return prepare(host, Files.readAllLines(host.home().resolve("etc/agents-demo.csv")), 0, twinOptions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Rig prepare(KarafDistribution host, List<String> agents, int sbc, String... twinOptions) {
        try {
            Path folder = Files.createDirectories(
                            Path.of("target", "rigs", host.home().getFileName().toString()))
                    .toAbsolutePath();
            Path dictionary = Files.write(folder.resolve("agents-demo.csv"), agents);
            Path secret = Files.writeString(
                    folder.resolve("secret"), UUID.randomUUID().toString());
            Path ledger = folder.resolve("agents.json");
            Files.deleteIfExists(ledger);
            List<String> options = new ArrayList<>(List.of(
                    "--agents", dictionary.toString(),
                    "--secret-file", secret.toString(),
                    "--state", ledger.toString(),
                    "--trunk", "127.0.0.1:" + host.port(Port.SIP)));
            options.addAll(List.of(twinOptions));
            TwinProcess twin = TwinProcess.start(options.toArray(String[]::new));
            Files.copy(
                    dictionary,
                    host.home().resolve("etc/agents-demo.csv"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            host.cfg("org.jackfield.csta-main").set("port", twin.port("csta"));
            host.cfg("org.jackfield.teams-main")
                    .set("graphUrl", "http://127.0.0.1:" + twin.port("graph") + "/v1.0")
                    .set("loginUrl", "http://127.0.0.1:" + twin.port("graph"))
                    .set("secretFile", secret);
            host.cfg("org.jackfield.sip-main")
                    .set("sbc", "127.0.0.1:" + (sbc == 0 ? twin.port("sbc") : sbc) + ";udp")
                    .set("acd", "127.0.0.1:" + twin.port("acd-sip") + ";udp");
            if (sbc != 0) {
                // SIPp counts an OPTIONS as a call of its scenario
                host.cfg("org.jackfield.sip-main").set("optionsIntervalSeconds", 0);
            }
            return new Rig(host, twin, ledger);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Agents a4000, a4001, ... on devices 4000, 4001, ... in the group 600, with Entra users of the same number. */
    private static List<String> dictionary(int agents) {
        List<String> lines = new ArrayList<>(List.of("id,acd,device,groups,user,upn,number,endpoint"));
        for (int i = 4000; i < 4000 + agents; i++) {
            lines.add("a%d,main,%d,600,11111111-1111-1111-1111-00000000%d,a%d@demo.example,+49305555%d,desk"
                    .formatted(i, i, i, i, i));
        }
        return lines;
    }

    static String user(int number) {
        return "11111111-1111-1111-1111-00000000" + number;
    }

    KarafDistribution host() {
        return host;
    }

    TwinProcess twin() {
        return twin;
    }

    /** A reader of the bus behind the host's embedded broker. */
    BusReader bus() {
        return bus(TENANT);
    }

    /** The same for another tenant; {@code host} is the host itself, with what its flows did. */
    BusReader bus(String tenant) {
        return new BusReader("127.0.0.1:" + host.port(Port.BROKER), tenant);
    }

    /** The agent states that the twin's own file holds, by agent id. */
    Map<String, String> ledger() {
        try {
            Map<String, String> states = new TreeMap<>();
            for (JsonNode agent : JSON.readTree(ledger.toFile()).get("agents")) {
                states.put(agent.get("id").asText(), word(agent.get("state").asText()));
            }
            return states;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest agent states on the bus, by agent id. */
    static Map<String, String> agents(BusReader bus) {
        Map<String, String> states = new TreeMap<>();
        for (BusReader.Entry entry : bus.all(e -> e.is("agent.state.changed"))) {
            states.put(entry.key(), word(entry.text("state")));
        }
        return states;
    }

    private static String word(String state) {
        return state.replace("_", "").replace("agent", "").toLowerCase(java.util.Locale.ROOT);
    }

    /** The availability that Teams shows for the user of agent {@code number}. */
    String teams(int number) {
        return ask("/state")
                .at("/teams/users/" + user(number) + "/availability")
                .asText();
    }

    /** Nothing but the host's own session can show for that user from now on. */
    void closeTeamsClient(int number) {
        tell("/teams/users/" + user(number) + "/presence", "{\"availability\":\"Offline\",\"activity\":\"Offline\"}");
    }

    /** What the twin says about one path of its control interface. */
    JsonNode ask(String path) {
        return json(twin.get(path));
    }

    JsonNode tell(String path, String body) {
        return json(twin.post(path, body));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until every link of the host works and its flows run. */
    Rig awaitLinked() {
        host.await(Duration.ofSeconds(60), "all links up and all flows running", () -> {
            JsonNode page = json(host.get("/api/overview").body());
            return all(page.get("links"), "UP") && all(page.get("flows"), "RUNNING");
        });
        return this;
    }

    private static boolean all(JsonNode list, String state) {
        boolean every = !list.isEmpty();
        for (JsonNode one : list) {
            every &= one.get("state").asText().equals(state);
        }
        return every;
    }

    @Override
    public void close() {
        twin.close();
    }
}
