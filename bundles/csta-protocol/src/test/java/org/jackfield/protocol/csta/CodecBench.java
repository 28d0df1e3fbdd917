package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.Marshaller;
import jakarta.xml.bind.Unmarshaller;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlRootElement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** CPU per event of about 1 KB, beside JAXB over Aalto in the same run; {@code mvn -Pbench -pl bundles/csta-protocol test}. */
@EnabledIfSystemProperty(named = "csta.bench", matches = "true")
class CodecBench {
    private static final int ROUNDS = 7;
    private static final int EVENTS = 60_000;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static Object sink;

    /** What JAXB binds: the same event, with public fields and without namespaces, which is the cheapest it can do. */
    @XmlRootElement(name = "DeliveredEvent")
    @XmlAccessorType(XmlAccessType.FIELD)
    static class Delivered {
        String monitorCrossRefID;
        Connection connection;
        Choice alertingDevice;
        Choice callingDevice;
        Choice calledDevice;
        Redirection lastRedirectionDevice;
        String localConnectionInfo;
        Data correlatorData;
        Data userData;
        String cause;
        Characteristics callCharacteristics;
        Linkage callLinkageData;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Connection {
        String callID;
        String deviceID;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Choice {
        String deviceIdentifier;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Redirection {
        String numberDialed;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Data {
        String string;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Characteristics {
        boolean acdCall;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Linkage {
        Global globalCallData;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class Global {
        LinkageId globalCallLinkageID;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static class LinkageId {
        String globallyUniqueCallLinkageID;
    }

    private interface Work {
        Object once() throws Exception;
    }

    private record Figure(double least, double median, double most, long bytes) {
        @Override
        public String toString() {
            return String.format("%.2f/%.2f/%.2f us, %d bytes", least, median, most, bytes);
        }
    }

    private static Figure measure(Work work) throws Exception {
        for (int i = 0; i < 2 * EVENTS; i++) {
            sink = work.once();
        }
        double[] micros = new double[ROUNDS];
        long bytes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long allocated =
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long cpu = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < EVENTS; i++) {
                sink = work.once();
            }
            micros[round] = (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / EVENTS;
            bytes = (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated) / EVENTS;
        }
        Arrays.sort(micros);
        return new Figure(micros[0], micros[ROUNDS / 2], micros[ROUNDS - 1], bytes);
    }

    private static CallEvent event() {
        return new CallEvent(
                CallEvent.Kind.DELIVERED,
                "1136370025",
                new ConnectionId("FF000100000000004A8F", "4711"),
                null,
                Device.of("4711"),
                Device.of("+4930111222333"),
                Device.of("600"),
                Device.of("601"),
                null,
                List.of(),
                "alerting",
                HexData.ofText("urn:nena:uid:callid:01234567890123456789:example"),
                HexData.ofText("jf-0123456789abcdef"),
                "enteringDistribution",
                true,
                "0123456789abcdef",
                null);
    }

    @Test
    void eventIsReadAndWrittenForAFewMicroseconds() throws Exception {
        byte[] xml = MessageEncoder.encode(event(), Edition.ED4);
        var decoder = new MessageDecoder();
        assertThat(decoder.decode(xml)).isEqualTo(event());
        String plain = new String(xml, java.nio.charset.StandardCharsets.UTF_8).replaceFirst(" xmlns=\"[^\"]*\"", "");
        byte[] forJaxb = plain.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        JAXBContext context = JAXBContext.newInstance(Delivered.class);
        Unmarshaller unmarshaller = context.createUnmarshaller();
        Marshaller marshaller = context.createMarshaller();
        var factory = new InputFactoryImpl();
        var bound =
                (Delivered) unmarshaller.unmarshal(factory.createXMLStreamReader(new ByteArrayInputStream(forJaxb)));
        assertThat(bound.connection.callID).isEqualTo("FF000100000000004A8F");
        CallEvent event = event();
        Figure read = measure(() -> decoder.decode(xml));
        Figure jaxbRead =
                measure(() -> unmarshaller.unmarshal(factory.createXMLStreamReader(new ByteArrayInputStream(forJaxb))));
        Figure write = measure(() -> MessageEncoder.encode(event, Edition.ED4));
        Figure jaxbWrite = measure(() -> {
            var out = new ByteArrayOutputStream(1200);
            marshaller.marshal(bound, out);
            return out.toByteArray();
        });
        System.out.println("Codec: event of " + xml.length + " bytes, least/median/most of " + ROUNDS + " x " + EVENTS);
        System.out.println("Codec: to record          " + read);
        System.out.println("Codec: JAXB over Aalto    " + jaxbRead);
        System.out.println("Codec: to bytes           " + write);
        System.out.println("Codec: JAXB to bytes      " + jaxbWrite);
        System.out.printf(
                "Codec: ratio read %.2f, write %.2f%n",
                read.median() / jaxbRead.median(), write.median() / jaxbWrite.median());
        assertThat(sink).isNotNull();
    }
}
