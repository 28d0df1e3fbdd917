// An ACD that speaks only Kafka, in Java: tells a state, then carries out what it is asked for.
// java -cp kafka-clients.jar:slf4j-api.jar AcdClient.java host:port TENANT NAME AGENT
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;

public class AcdClient {
    public static void main(String[] a) throws Exception {
        String in = "jackfield." + a[1] + ".in." + a[2], source = "/my-acd", agent = a[3];
        Map<String, Object> broker = Map.of("bootstrap.servers", a[0], "group.id", "my-acd-" + a[2],
                "auto.offset.reset", "latest", "max.block.ms", 10_000);
        try (var out = new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer());
                var orders = new KafkaConsumer<>(broker, new StringDeserializer(), new StringDeserializer())) {
            orders.subscribe(List.of("jackfield." + a[1] + ".command"));
            while (orders.assignment().isEmpty()) orders.poll(Duration.ofMillis(200));
            send(out, in, agent, "agent.state.changed", source, state(agent, "READY"));
            while (true) for (var order : orders.poll(Duration.ofSeconds(1))) {
                String type = header(order, "ce_type"), id = header(order, "ce_id");
                System.out.println(type + " " + order.value());
                if (!type.equals("org.jackfield.command.agent.state.v1")) continue;
                String wanted = order.value().replaceAll(".*\"state\":\"(\\w+)\".*", "$1");
                send(out, in, agent, "agent.state.changed", source, state(agent, wanted));
                send(out, in, id, "command.result", source, "{\"command\":\"" + id + "\",\"outcome\":\"done\"}");
            }
        }
    }
    static String state(String agent, String s) {
        return "{\"agent\":\"%s\",\"state\":\"%s\",\"groups\":[],\"resync\":false}".formatted(agent, s);
    }
    static String header(ConsumerRecord<?, ?> r, String name) { return new String(r.headers().lastHeader(name).value()); }
    static void send(Producer<String, String> out, String topic, String key, String type, String source, String json) throws Exception {
        var event = new ProducerRecord<>(topic, key, json);
        Map.of("ce_specversion", "1.0", "ce_id", UUID.randomUUID().toString(), "ce_source", source,
                "ce_type", "org.jackfield." + type + ".v1").forEach((k, v) -> event.headers().add(k, v.getBytes()));
        out.send(event).get();
    }
}
