package org.jackfield.mediation.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jackfield.event.LinkEvents;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.Status;
import org.jackfield.testkit.FakeEventBus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentDictionaryTest {
    private static final String HEADER = "id,acd,device,groups,user,upn,number,endpoint\n";
    private static final String USER = "11111111-1111-1111-1111-000000004711";

    @TempDir
    Path etc;

    private final FakeEventBus bus = new FakeEventBus();
    private AgentDictionary dictionary;

    @BeforeEach
    void open() throws Exception {
        write("demo", HEADER + "anna,main,4711,600 700," + USER + ",anna@demo.example,+49 30 555711,desk\n");
        dictionary = new AgentDictionary(etc, bus, new SimpleMeterRegistry(), Clock.systemUTC(), false);
    }

    private void write(String tenant, String text) throws Exception {
        Files.writeString(etc.resolve("agents-" + tenant + ".csv"), text);
    }

    /** A changed file is seen at the first look and read at the second, when it rests. */
    private void lookTwice() {
        dictionary.look();
        dictionary.look();
    }

    @Test
    void halfAFileIsNotRead() throws Exception {
        write("demo", HEADER);
        dictionary.look();
        assertThat(dictionary.byId("demo", "anna")).isNotNull();
    }

    @Test
    void agentsAreFoundByEveryName() {
        Agent anna = new Agent(
                "demo",
                "anna",
                "main",
                "4711",
                List.of("600", "700"),
                USER,
                "anna@demo.example",
                "+4930555711",
                Agent.Endpoint.DESK);
        assertThat(dictionary.byId("demo", "anna")).isEqualTo(anna);
        assertThat(dictionary.byDevice("demo", "4711")).isEqualTo(anna);
        assertThat(dictionary.byUser("demo", USER)).isEqualTo(anna);
        assertThat(dictionary.byNumber("demo", "+4930555711")).isEqualTo(anna);
        assertThat(dictionary.byId("other", "anna")).isNull();
        assertThat(dictionary.agents("demo")).containsExactly(anna);
    }

    @Test
    void aChangeIsTakenWholeAndTold() throws Exception {
        List<String> told = new ArrayList<>();
        var watching = dictionary.watch(told::add);
        write("demo", HEADER + "ben,main,4712,600,,,,both\n");
        write("acme", HEADER);
        lookTwice();
        assertThat(told).containsExactlyInAnyOrder("demo", "demo", "acme");
        assertThat(dictionary.byId("demo", "anna")).isNull();
        assertThat(dictionary.byId("demo", "ben")).isNotNull();
        watching.close();
    }

    @Test
    void everyWrongLineIsNamedAndTheLastGoodVersionStays() throws Exception {
        write("demo", HEADER + """
                anna,main,4711,600,,,,desk
                # a comment
                ben,main,4711,600,nobody,,,desk
                anna,main,4713,600,,,12x,phone
                carla,main
                """);
        lookTwice();
        assertThat(dictionary.byId("demo", "anna")).isNotNull();
        assertThat(dictionary.byId("demo", "ben")).isNull();
        assertThat(bus.data(LinkEvents.Refused.class).stream().map(r -> r.place() + " " + r.reason()))
                .containsExactly(
                        "agents-demo.csv:4 user: \"nobody\"",
                        "agents-demo.csv:4 device: \"4711\" is in line 2 already",
                        "agents-demo.csv:5 number: \"12x\"",
                        "agents-demo.csv:5 endpoint: \"phone\"",
                        "agents-demo.csv:5 id: \"anna\" is in line 2 already",
                        "agents-demo.csv:6 2 columns");
        assertThat(dictionary.status().detail()).isEqualTo(Status.Detail.CONFIGURATION);
        write("demo", HEADER + "ben,main,4712,600,,,,\n");
        lookTwice();
        assertThat(dictionary.byId("demo", "ben")).isNotNull();
        assertThat(dictionary.status().state()).isEqualTo(Status.State.UP);
    }

    @Test
    void anotherHeaderAnEmptyFileAndBytesThatAreNoTextAreRefused() throws Exception {
        write("demo", "id;acd;device\nanna;main;4711\n");
        lookTwice();
        write("demo", "");
        lookTwice();
        Files.write(etc.resolve("agents-demo.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        lookTwice();
        assertThat(dictionary.byId("demo", "anna")).isNotNull();
        assertThat(bus.data(LinkEvents.Refused.class).stream().map(LinkEvents.Refused::reason))
                .containsExactly("wrong header", "no header", "not UTF-8");
    }

    @Test
    void aFileThatGoesTakesItsAgentsWithIt() throws Exception {
        Files.delete(etc.resolve("agents-demo.csv"));
        lookTwice();
        assertThat(dictionary.agents("demo")).isEmpty();
    }

    @Test
    void theShippedFileIsGood() throws Exception {
        String text = Files.readString(Path.of("../../etc/agents-demo.csv"), StandardCharsets.UTF_8);
        AgentFile.Content content = AgentFile.read("demo", text);
        assertThat(content.faults()).isEmpty();
        assertThat(content.agents()).extracting(Agent::id).containsExactly("anna", "ben", "carla");
    }
}
