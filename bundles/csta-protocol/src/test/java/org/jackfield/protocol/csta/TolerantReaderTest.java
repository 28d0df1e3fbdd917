package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TolerantReaderTest {
    private final MessageDecoder decoder = new MessageDecoder();

    private CstaMessage read(String xml) throws CstaFormatException {
        return decoder.decode(FrameTest.bytes(xml));
    }

    private String raw(String xml) throws CstaFormatException {
        return decoder.decode(new Frame(9999, FrameTest.bytes(xml))).raw();
    }

    @Test
    @Conformance("ACD-12")
    void transferEventIsReadWithOneRAndWithTwoAndWrittenWithOne() throws Exception {
        String children = "<monitorCrossRefID>1</monitorCrossRefID><primaryOldCall><callID>1</callID>"
                + "</primaryOldCall><cause>singleStepTransfer</cause>";
        CstaMessage one = read("<TransferedEvent>" + children + "</TransferedEvent>");
        assertThat(read("<TransferredEvent>" + children + "</TransferredEvent>"))
                .isEqualTo(one);
        assertThat(new String(MessageEncoder.encode(one, Edition.ED4), java.nio.charset.StandardCharsets.UTF_8))
                .contains("<TransferedEvent ");
    }

    @Test
    @Conformance("ACD-13")
    void connectionIdIsReadInEitherOrderAndWithANestedDeviceIdentifier() throws Exception {
        var expected = new CallMessage.Made(new ConnectionId("C1", "4711"));
        for (String connection : List.of(
                "<callID>C1</callID><deviceID>4711</deviceID>",
                "<deviceID typeOfNumber=\"dialingNumber\">4711</deviceID><callID>C1</callID>",
                "<callID> C1\n</callID><deviceID><deviceIdentifier>4711</deviceIdentifier></deviceID>")) {
            assertThat(read("<MakeCallResponse><callingDevice>" + connection + "</callingDevice></MakeCallResponse>"))
                    .isEqualTo(expected);
        }
    }

    @Test
    @Conformance("ACD-14")
    void unknownElementsCausesAndPrivateDataDoNoHarmAndStayInRaw() throws Exception {
        String xml = "<DeliveredEvent xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed6\">"
                + "<fresh><callID>no</callID><cause>no</cause></fresh><monitorCrossRefID>1</monitorCrossRefID>"
                + "<connection><callID>C1</callID><later/><deviceID>4711</deviceID></connection>"
                + "<cause>madeUpYesterday</cause><extensions><privateData><private xmlns:v=\"urn:v\">"
                + "<v:thing a=\"1\">kept &amp; whole</v:thing></private></privateData></extensions></DeliveredEvent>";
        var event = (CallEvent) read(xml);
        assertThat(event.cause()).isEqualTo("madeUpYesterday");
        assertThat(event.connection()).isEqualTo(new ConnectionId("C1", "4711"));
        assertThat(raw(xml))
                .contains("<fresh>")
                .contains("<v:thing a=\"1\">kept &amp; whole</v:thing>")
                .contains("madeUpYesterday");
        assertThat(read("<SomethingNewEvent><a/></SomethingNewEvent>"))
                .isEqualTo(new UnknownMessage("SomethingNewEvent"));
    }

    @Test
    void broadSoftsOrderAndEncodingAreRead() throws Exception {
        byte[] xml = ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
                        + "<AgentNotReadyEvent xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed3\">"
                        + "<monitorCrossRefID>1</monitorCrossRefID><agentDevice><deviceIdentifier>J\u00fcrgen"
                        + "</deviceIdentifier></agentDevice><extensions><privateData><private xmlns:pri="
                        + "\"http://schema.broadsoft.com/CSTAPrivateData\"><pri:AgentNotReadyReasonValue>3"
                        + "</pri:AgentNotReadyReasonValue></private></privateData></extensions>"
                        + "<agentID>a1</agentID></AgentNotReadyEvent>")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        var event = (AgentEvent) decoder.decode(xml);
        assertThat(event)
                .returns("3", AgentEvent::reason)
                .returns("a1", AgentEvent::agentId)
                .returns(Device.of("J\u00fcrgen"), AgentEvent::device);
    }

    @Test
    void bodiesOfBroadSoftsEventPackageAreReadAndWrittenInTheirEncoding() throws Exception {
        var dnd = new FeatureMessage.DoNotDisturb(null, Device.of("J\u00fcrgen"), true);
        byte[] body = FeatureEvents.encode(dnd);
        assertThat(new String(body, java.nio.charset.StandardCharsets.ISO_8859_1))
                .startsWith("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><DoNotDisturbEvent xmlns=\""
                        + Edition.ED3.namespace())
                .contains("J\u00fcrgen");
        assertThat(FeatureEvents.decode(body)).isEqualTo(dnd);
        assertThat(FeatureEvents.decode(FrameTest.bytes("<SetAgentState><device/><requestedAgentState>ready"
                        + "</requestedAgentState><agentID/><password/><group/></SetAgentState>")))
                .isEqualTo(new AgentMessage.Set("", AgentMessage.Requested.READY, null, null, null));
    }

    @Test
    @Conformance("ACD-14")
    void privateDataOfAnEventIsKeptWithItsNamespacesAndWithoutSecrets() throws Exception {
        var event =
                (AgentEvent) read("<c:AgentReadyEvent xmlns:c=\"" + Edition.ED6.namespace() + "\" xmlns:v=\"urn:v\">"
                        + "<c:monitorCrossRefID>7</c:monitorCrossRefID><c:extensions><c:privateData><c:private>"
                        + "<v:thing v:a=\"1\">kept &amp; whole</v:thing><v:password>geheim-5</v:password>"
                        + "</c:private></c:privateData></c:extensions></c:AgentReadyEvent>");
        assertThat(event.extensions())
                .contains("xmlns:v=\"urn:v\"")
                .contains("v:a=\"1\">kept &amp; whole</v:thing>")
                .doesNotContain("geheim-5");
        CstaMessage again = decoder.decode(MessageEncoder.encode(event, Edition.ED3));
        assertThat(((AgentEvent) again).extensions()).isEqualTo(event.extensions());
    }

    @Test
    void deflectionIsReadFromAListAndFromOlderPeersText() throws Exception {
        String call = "<callToBeDiverted><callID>1</callID></callToBeDiverted>";
        for (String to : List.of("<device>4712</device><device>4713</device>", " 4712 ")) {
            assertThat(read("<DeflectCall>" + call + "<newDestination>" + to + "</newDestination></DeflectCall>"))
                    .isEqualTo(new CallMessage.Deflect(new ConnectionId("1", null), "4712", null, null));
        }
    }

    @Test
    void openScapesStartAnswerWithAnUnusedPrefixIsRead() throws Exception {
        assertThat(read("<StartApplicationSessionPosResponse xmlns:aps=\"" + Edition.SESSION_NAMESPACE + "\">"
                        + "<sessionID>009968951</sessionID><actualProtocolVersion>"
                        + "http://www.ecma-international.org/standards/ecma-323/csta/ed4</actualProtocolVersion>"
                        + "<actualSessionDuration>600</actualSessionDuration><extensions><actualHBT>0</actualHBT>"
                        + "</extensions></StartApplicationSessionPosResponse>"))
                .isEqualTo(new SessionMessage.Started("009968951", Edition.ED4.namespace(), 600));
    }

    @Test
    @Conformance("ACD-15")
    void correlatorDataIsHexWithWhiteSpaceOrElseText() throws Exception {
        assertThat(correlator("<string>75 72\n6E3a </string>")).isEqualTo(new HexData("75726E3A", true));
        assertThat(correlator("<string>75 72\n6E3a </string>").text()).isEqualTo("urn:");
        assertThat(correlator("<string>757</string>")).isEqualTo(new HexData("757", false));
        assertThat(correlator("<string>hello</string>")).isEqualTo(new HexData("hello", false));
        assertThat(correlator("<private>00FF</private>")).isEqualTo(new HexData("00FF", true));
        assertThat(correlator("<string/>")).isNull();
    }

    private HexData correlator(String inside) throws CstaFormatException {
        var end = (RouteMessage.End) read("<RouteEnd><crossRefIdentifier>1</crossRefIdentifier><correlatorData>"
                + inside + "</correlatorData></RouteEnd>");
        return end.correlatorData();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operation",
                "security",
                "stateIncompatibility",
                "systemResourceAvailibility",
                "subscribedResourceAvailability",
                "performanceManagement",
                "privateData",
                "privateErrorCode",
                "unspecified"
            })
    @Conformance("ACD-16")
    void errorOfEachCategoryKeepsItsLiteral(String category) throws Exception {
        assertThat(read("<CSTAErrorCode><" + category + ">theLiteral</" + category + "></CSTAErrorCode>"))
                .isEqualTo(new CstaError(category, "theLiteral"));
    }

    @Test
    @Conformance("ACD-17")
    void secretsAreNeitherInRawNorInPrint() throws Exception {
        String logon = "<AgentLoggedOnEvent><monitorCrossRefID>1</monitorCrossRefID><agentID>a1</agentID>"
                + "<agentPassword>geheim-1</agentPassword></AgentLoggedOnEvent>";
        assertThat(read(logon).toString()).doesNotContain("geheim-1");
        assertThat(raw(logon)).contains("<agentPassword>***</agentPassword>").doesNotContain("geheim-1");
        String set = "<SetAgentState><device>1</device><password><![CDATA[geheim-2]]><b>geheim-3</b></password>"
                + "<group>6</group></SetAgentState>";
        assertThat(read(set).toString()).doesNotContain("geheim-2");
        assertThat(raw(set))
                .isEqualTo("<SetAgentState><device>1</device><password>***</password><group>6</group>"
                        + "</SetAgentState>");
        assertThat(raw("<MakeCall><authCode>geheim-4</authCode></MakeCall>")).doesNotContain("geheim-4");
    }

    @Test
    @Conformance("ACD-10")
    void documentTypesAndEntitiesAreRefused() {
        for (String xml : List.of(
                "<!DOCTYPE SystemStatus><SystemStatus/>",
                "<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><SystemStatus><systemStatus>&x;"
                        + "</systemStatus></SystemStatus>",
                "<SystemStatus><systemStatus>&x;</systemStatus></SystemStatus>")) {
            assertThatThrownBy(() -> read(xml))
                    .isInstanceOfSatisfying(
                            CstaFormatException.class,
                            e -> assertThat(e.fault()).isIn(Fault.DTD, Fault.XML));
        }
    }

    @Test
    @Conformance("ACD-10")
    void nestingHasALimit() throws Exception {
        String deepest = "<a>".repeat(MessageDecoder.MAX_DEPTH) + "</a>".repeat(MessageDecoder.MAX_DEPTH);
        assertThat(read(deepest)).isEqualTo(new UnknownMessage("a"));
        assertThatThrownBy(() -> read("<a>" + deepest + "</a>"))
                .isInstanceOfSatisfying(
                        CstaFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NESTING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "<a>",
                "<a></b>",
                "<a/><b/>",
                "<a/>x",
                "<SystemStatus/></SystemStatus>",
                "<a><![CDATA[</a>",
                "<a b='1' b='2'/>",
                "<a>&#0;</a>",
                "\u0000"
            })
    @Conformance("ACD-04")
    void documentThatIsNotWellFormedIsRefused(String xml) {
        assertThatThrownBy(() -> read(xml))
                .isInstanceOfSatisfying(
                        CstaFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.XML));
    }
}
