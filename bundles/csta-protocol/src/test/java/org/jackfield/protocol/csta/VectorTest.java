package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jackfield.testkit.Conformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages as the standard orders them; the clause or source of each child stands behind it. */
class VectorTest {
    static final ConnectionId CALL = new ConnectionId("FF0001", "4711");
    static final String CALL_XML = "<callID>FF0001</callID><deviceID>4711</deviceID>";
    static final HexData UUI = HexData.ofText("jf-1");

    /** A message of ECMA-323 and its children; the root element and its namespace are added per edition. */
    static Arguments csta(CstaMessage message, String root, String... children) {
        return Arguments.of(message, root, String.join("", children), null);
    }

    /** A message of ECMA-354, which has a namespace of its own in all editions. */
    private static Arguments session(CstaMessage message, String root, String... children) {
        return Arguments.of(message, root, String.join("", children), Edition.SESSION_NAMESPACE);
    }

    static Stream<Arguments> vectors() {
        return Stream.of(sessions(), monitors(), agents(), routes(), calls(), callEvents(), MoreVectors.all())
                .flatMap(List::stream);
    }

    private static List<Arguments> sessions() {
        return List.of(
                session(
                        new SessionMessage.Start("host", null, List.of(Edition.ED4.namespace()), 600),
                        "StartApplicationSession",
                        "<applicationInfo><applicationID>host</applicationID></applicationInfo>", // ECMA-354 8.1
                        "<requestedProtocolVersions><protocolVersion>", // a list, in order of preference
                        "http://www.ecma-international.org/standards/ecma-323/csta/ed4",
                        "</protocolVersion></requestedProtocolVersions>",
                        "<requestedSessionDuration>600</requestedSessionDuration>"), // seconds
                session(
                        new SessionMessage.Start(
                                "host", new SessionMessage.Login("u", new Secret("p")), List.of("v"), 60),
                        "StartApplicationSession",
                        "<applicationInfo><applicationID>host</applicationID>",
                        "<applicationSpecificInfo>", // {any}: where Avaya puts user and password
                        "<SessionLoginInfo xmlns=\"http://www.avaya.com/csta\"><userName>u</userName>",
                        "<password>p</password></SessionLoginInfo></applicationSpecificInfo></applicationInfo>",
                        "<requestedProtocolVersions><protocolVersion>v</protocolVersion></requestedProtocolVersions>",
                        "<requestedSessionDuration>60</requestedSessionDuration>"),
                session(
                        new SessionMessage.Started("009968951", "v4", 600),
                        "StartApplicationSessionPosResponse",
                        "<sessionID>009968951</sessionID>", // text: the zeros stay
                        "<actualProtocolVersion>v4</actualProtocolVersion>",
                        "<actualSessionDuration>600</actualSessionDuration>"),
                session(
                        new SessionMessage.StartRefused("maxNumberSessions"),
                        "StartApplicationSessionNegResponse",
                        "<errorCode><definedError>maxNumberSessions</definedError></errorCode>"),
                session(
                        new SessionMessage.ResetTimer("7", 180),
                        "ResetApplicationSessionTimer",
                        "<sessionID>7</sessionID><requestedSessionDuration>180</requestedSessionDuration>"),
                session(
                        new SessionMessage.TimerReset(180),
                        "ResetApplicationSessionTimerPosResponse",
                        "<actualSessionDuration>180</actualSessionDuration>"),
                session(
                        new SessionMessage.ResetRefused("invalidSessionID"),
                        "ResetApplicationSessionTimerNegResponse",
                        "<errorCode><definedError>invalidSessionID</definedError></errorCode>"),
                session(
                        new SessionMessage.Stop("7", "normal"),
                        "StopApplicationSession",
                        "<sessionID>7</sessionID>",
                        "<sessionEndReason><definedEndReason>normal</definedEndReason></sessionEndReason>"),
                session(new SessionMessage.Stopped(), "StopApplicationSessionPosResponse"),
                session(
                        new SessionMessage.StopRefused("invalidSessionID"),
                        "StopApplicationSessionNegResponse",
                        "<errorCode><definedError>invalidSessionID</definedError></errorCode>"),
                session(
                        new SessionMessage.Terminated("7", "sessionTimerExpired"),
                        "ApplicationSessionTerminated",
                        "<sessionID>7</sessionID>",
                        "<sessionTermReason><definedTermReason>sessionTimerExpired</definedTermReason>",
                        "</sessionTermReason>"),
                csta(new SystemMessage.Status(null), "SystemStatus"), // real peers send it empty
                csta(
                        new SystemMessage.Status("messagesLost"),
                        "SystemStatus",
                        "<systemStatus>messagesLost</systemStatus>"),
                csta(new SystemMessage.StatusAnswer(), "SystemStatusResponse"),
                csta(new SystemMessage.Request(), "RequestSystemStatus"),
                csta(
                        new SystemMessage.RequestAnswer("normal"),
                        "RequestSystemStatusResponse",
                        "<systemStatus>normal</systemStatus>"),
                csta(
                        new CstaError(CstaError.OPERATION, "invalidDeviceID"),
                        "CSTAErrorCode",
                        "<operation>invalidDeviceID</operation>")); // one child: the category
    }

    private static List<Arguments> monitors() {
        return List.of(
                csta(
                        new MonitorMessage.Start("4711"),
                        "MonitorStart",
                        "<monitorObject><deviceObject>4711</deviceObject></monitorObject>"),
                csta(
                        new MonitorMessage.Started("1136370025"),
                        "MonitorStartResponse",
                        "<monitorCrossRefID>1136370025</monitorCrossRefID>"),
                csta(new MonitorMessage.Stop("7"), "MonitorStop", "<monitorCrossRefID>7</monitorCrossRefID>"),
                csta(new MonitorMessage.Stopped(), "MonitorStopResponse"),
                csta(new MonitorMessage.Snapshot("4711"), "SnapshotDevice", "<snapshotObject>4711</snapshotObject>"),
                csta(
                        new MonitorMessage.SnapshotAnswer(List.of(new MonitorMessage.Call(CALL, "connected"))),
                        "SnapshotDeviceResponse",
                        "<crossRefIDorSnapshotData><snapshotData><snapshotDeviceResponseInfo>",
                        "<connectionIdentifier>" + CALL_XML + "</connectionIdentifier>",
                        "<localCallState><compoundCallState><localConnectionState>connected</localConnectionState>",
                        "</compoundCallState></localCallState>",
                        "</snapshotDeviceResponseInfo></snapshotData></crossRefIDorSnapshotData>"));
    }

    private static Arguments agentEvent(AgentEvent.Kind kind, String root) {
        return csta(
                AgentEvent.of(kind, "7", "4711", "a1", "600"),
                root,
                "<monitorCrossRefID>7</monitorCrossRefID>", // identical in ed3 and ed6
                "<agentDevice><deviceIdentifier>4711</deviceIdentifier></agentDevice>",
                "<agentID>a1</agentID>", // optional
                "<acdGroup>600</acdGroup>"); // optional
    }

    private static List<Arguments> agents() {
        return List.of(
                agentEvent(AgentEvent.Kind.LOGGED_ON, "AgentLoggedOnEvent"),
                agentEvent(AgentEvent.Kind.LOGGED_OFF, "AgentLoggedOffEvent"),
                agentEvent(AgentEvent.Kind.NOT_READY, "AgentNotReadyEvent"),
                agentEvent(AgentEvent.Kind.READY, "AgentReadyEvent"),
                agentEvent(AgentEvent.Kind.BUSY, "AgentBusyEvent"),
                csta(
                        new AgentEvent(
                                AgentEvent.Kind.WORKING_AFTER_CALL,
                                "7",
                                Device.NOT_KNOWN,
                                "a1",
                                null,
                                AgentState.NOT_READY,
                                "normal",
                                null),
                        "AgentWorkingAfterCallEvent",
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<agentDevice><notKnown/></agentDevice>",
                        "<agentID>a1</agentID>",
                        "<pendingAgentState>notReady</pendingAgentState>", // the event's own literals
                        "<cause>normal</cause>"),
                csta(
                        AgentEvent.of(AgentEvent.Kind.NOT_READY, "7", "4711", "a1", "600")
                                .withReason("3"),
                        "AgentNotReadyEvent",
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<agentDevice><deviceIdentifier>4711</deviceIdentifier></agentDevice>",
                        "<agentID>a1</agentID><acdGroup>600</acdGroup>",
                        "<extensions><privateData><private>", // the standard has no reason; BroadSoft's has
                        "<AgentNotReadyReasonValue xmlns=\"http://schema.broadsoft.com/CSTAPrivateData\">3",
                        "</AgentNotReadyReasonValue></private></privateData></extensions>"),
                csta(
                        new AgentMessage.Set("4711", AgentMessage.Requested.NOT_READY, "a1", new Secret("pw"), "600"),
                        "SetAgentState",
                        "<device>4711</device>",
                        "<requestedAgentState>notReady</requestedAgentState>",
                        "<agentID>a1</agentID>",
                        "<password>pw</password>",
                        "<group>600</group>"),
                csta(
                        new AgentMessage.SetAnswer(AgentState.NOT_READY),
                        "SetAgentStateResponse",
                        "<pendingAgentState>agentNotReady</pendingAgentState>"), // the answer's literals
                csta(
                        new AgentMessage.Get("4711", "600"),
                        "GetAgentState",
                        "<device>4711</device><acdGroup>600</acdGroup>"),
                csta(
                        new AgentMessage.GetAnswer(List.of(new AgentMessage.Entry(
                                "a1",
                                true,
                                List.of(new AgentMessage.Item(
                                        "600", AgentState.BUSY, AgentState.NULL, "forcedPause"))))),
                        "GetAgentStateResponse",
                        "<agentStateList><agentStateEntry><agentID>a1</agentID><loggedOnState>true</loggedOnState>",
                        "<agentInfo><agentInfoItem><acdGroup>600</acdGroup><agentState>agentBusy</agentState>",
                        "<pendingAgentState>agentNull</pendingAgentState>",
                        "<agentStateCondition>forcedPause</agentStateCondition>",
                        "</agentInfoItem></agentInfo></agentStateEntry></agentStateList>"));
    }

    private static List<Arguments> routes() {
        String head = "<crossRefIdentifier>x1</crossRefIdentifier><routeRegisterReqID>r1</routeRegisterReqID>";
        String uui = "<correlatorData><string>6A662D31</string></correlatorData>"; // choice string: hexBinary
        return List.of(
                csta(new RouteMessage.Register("600"), "RouteRegister", "<routeingDevice>600</routeingDevice>"),
                csta(new RouteMessage.Register(null), "RouteRegister"), // for all devices
                csta(
                        new RouteMessage.Registered("r1"),
                        "RouteRegisterResponse",
                        "<routeRegisterReqID>r1</routeRegisterReqID>"),
                csta(
                        new RouteMessage.RegisterCancel("r1"),
                        "RouteRegisterCancel",
                        "<routeRegisterReqID>r1</routeRegisterReqID>"),
                csta(new RouteMessage.RegisterCancelled(), "RouteRegisterCancelResponse"),
                csta(
                        new RouteMessage.RegisterAbort("r1"),
                        "RouteRegisterAbort",
                        "<routeRegisterReqID>r1</routeRegisterReqID>"),
                csta(
                        new RouteMessage.Request(
                                "x1", "r1", Device.of("600"), Device.of("+4930111"), Device.of("600"), CALL, 3000, UUI),
                        "RouteRequest",
                        head,
                        "<currentRoute><deviceIdentifier>600</deviceIdentifier></currentRoute>",
                        "<callingDevice><deviceIdentifier>+4930111</deviceIdentifier></callingDevice>",
                        "<routeingDevice><deviceIdentifier>600</deviceIdentifier></routeingDevice>",
                        "<routedCall>" + CALL_XML + "</routedCall>",
                        "<replyTimeout>3000</replyTimeout>", // before correlatorData
                        uui),
                csta(
                        new RouteMessage.Select("x1", "r1", "4711", List.of("4712", "4713"), true, UUI),
                        "RouteSelect",
                        head,
                        "<routeSelected>4711</routeSelected>",
                        "<alternateRoutes><deviceID>4712</deviceID><deviceID>4713</deviceID></alternateRoutes>",
                        "<routeUsedReq>true</routeUsedReq>",
                        uui),
                csta(
                        new RouteMessage.Used("x1", "r1", Device.of("4711"), Device.NOT_KNOWN, UUI),
                        "RouteUsed",
                        head,
                        "<routeUsed><deviceIdentifier>4711</deviceIdentifier></routeUsed>",
                        "<callingDevice><notKnown/></callingDevice>",
                        uui),
                csta(
                        new RouteMessage.End("x1", "r1", new CstaError("operation", "generic"), UUI),
                        "RouteEnd",
                        head,
                        "<errorValue><operation>generic</operation></errorValue>",
                        uui),
                csta(
                        new RouteMessage.Reject("x1", "r1", "busyOverflow", UUI),
                        "RouteReject",
                        head,
                        "<rejectCause>busyOverflow</rejectCause>",
                        uui),
                csta(
                        new RouteMessage.ReRoute("x1", "r1", 500, UUI),
                        "ReRoute",
                        head,
                        "<replyTimeout>500</replyTimeout>",
                        uui));
    }

    private static List<Arguments> calls() {
        String uui = "<correlatorData><string>6A662D31</string></correlatorData>";
        String user = "<userData><string>6A662D31</string></userData>";
        return List.of(
                csta(
                        new CallMessage.Make("4711", "+4930999", "doNotPrompt", UUI, UUI),
                        "MakeCall",
                        "<callingDevice>4711</callingDevice>",
                        "<calledDirectoryNumber>+4930999</calledDirectoryNumber>",
                        "<autoOriginate>doNotPrompt</autoOriginate>",
                        uui,
                        user),
                csta(
                        new CallMessage.Made(CALL),
                        "MakeCallResponse",
                        "<callingDevice>" + CALL_XML + "</callingDevice>"), // a ConnectionID here
                csta(
                        new CallMessage.Clear(CALL, UUI, null),
                        "ClearConnection",
                        "<connectionToBeCleared>" + CALL_XML + "</connectionToBeCleared>",
                        uui),
                csta(new CallMessage.Cleared(), "ClearConnectionResponse"),
                csta(
                        new CallMessage.SingleStepTransfer(CALL, "4712", UUI, UUI),
                        "SingleStepTransferCall",
                        "<activeCall>" + CALL_XML + "</activeCall>",
                        "<transferredTo>4712</transferredTo>",
                        uui,
                        user),
                csta(
                        new CallMessage.Transferred(
                                new ConnectionId("FF0002", "4712"),
                                List.of(new ConnectionListItem(new ConnectionId("FF0002", "4712"), CALL, "4712"))),
                        "SingleStepTransferCallResponse",
                        "<transferredCall><callID>FF0002</callID><deviceID>4712</deviceID></transferredCall>",
                        "<connections><connectionListItem>",
                        "<newConnection><callID>FF0002</callID><deviceID>4712</deviceID></newConnection>",
                        "<oldConnection>" + CALL_XML + "</oldConnection>",
                        "<endpoint><deviceIdentifier>4712</deviceIdentifier></endpoint>",
                        "</connectionListItem></connections>"));
    }

    private static String device(String name, String id) {
        return "<" + name + "><deviceIdentifier>" + id + "</deviceIdentifier></" + name + ">";
    }

    private static Arguments callEvent(CallEvent.Kind kind, String root, String connection, String... head) {
        boolean target = kind == CallEvent.Kind.DIVERTED
                || kind == CallEvent.Kind.TRANSFERED
                || kind == CallEvent.Kind.CONFERENCED;
        boolean listed = kind == CallEvent.Kind.TRANSFERED || kind == CallEvent.Kind.CONFERENCED;
        boolean parties = List.of(head).stream().anyMatch(part -> part.contains("<callingDevice>"));
        boolean redirected = List.of(head).stream().anyMatch(part -> part.contains("<lastRedirectionDevice>"));
        var event = new CallEvent(
                kind,
                "1",
                CALL,
                listed ? new ConnectionId("FF0009", "4711") : null,
                kind == CallEvent.Kind.CALL_CLEARED ? null : Device.of("4711"),
                parties ? Device.of("+4930111") : null,
                parties ? Device.of("600") : null,
                redirected ? Device.of("601") : null,
                target ? Device.of("4712") : null,
                listed ? List.of(new ConnectionListItem(new ConnectionId("FF0002", "4712"), CALL, null)) : List.of(),
                "alerting",
                UUI,
                UUI,
                "enteringDistribution",
                true,
                "g1",
                null);
        return csta(
                event,
                root,
                "<monitorCrossRefID>1</monitorCrossRefID>",
                "<" + connection + ">" + CALL_XML + "</" + connection + ">",
                String.join("", head),
                "<localConnectionInfo>alerting</localConnectionInfo>", // the tail that all call events share
                "<correlatorData><string>6A662D31</string></correlatorData>",
                "<userData><string>6A662D31</string></userData>",
                "<cause>enteringDistribution</cause>",
                "<callCharacteristics><acdCall>true</acdCall></callCharacteristics>",
                "<callLinkageData><globalCallData><globalCallLinkageID>",
                "<globallyUniqueCallLinkageID>g1</globallyUniqueCallLinkageID>",
                "</globalCallLinkageID></globalCallData></callLinkageData>");
    }

    private static List<Arguments> callEvents() {
        String parties = device("callingDevice", "+4930111") + device("calledDevice", "600");
        String redirected = parties + "<lastRedirectionDevice><numberDialed>601</numberDialed></lastRedirectionDevice>";
        String second = "<secondaryOldCall><callID>FF0009</callID><deviceID>4711</deviceID></secondaryOldCall>";
        String list = "<connectionListItem><newConnection><callID>FF0002</callID><deviceID>4712</deviceID>"
                + "</newConnection><oldConnection>" + CALL_XML + "</oldConnection></connectionListItem>";
        return List.of(
                callEvent(
                        CallEvent.Kind.SERVICE_INITIATED,
                        "ServiceInitiatedEvent",
                        "initiatedConnection",
                        device("initiatingDevice", "4711")),
                callEvent(
                        CallEvent.Kind.ORIGINATED,
                        "OriginatedEvent",
                        "originatedConnection",
                        parties, // before originatingDevice
                        device("originatingDevice", "4711")),
                callEvent(
                        CallEvent.Kind.OFFERED,
                        "OfferedEvent",
                        "offeredConnection",
                        device("offeredDevice", "4711"),
                        redirected),
                callEvent(
                        CallEvent.Kind.QUEUED, "QueuedEvent", "queuedConnection", device("queue", "4711"), redirected),
                callEvent(
                        CallEvent.Kind.DELIVERED,
                        "DeliveredEvent",
                        "connection",
                        device("alertingDevice", "4711"),
                        redirected),
                callEvent(
                        CallEvent.Kind.ESTABLISHED,
                        "EstablishedEvent",
                        "establishedConnection",
                        device("answeringDevice", "4711"),
                        redirected),
                callEvent(CallEvent.Kind.HELD, "HeldEvent", "heldConnection", device("holdingDevice", "4711")),
                callEvent(
                        CallEvent.Kind.RETRIEVED,
                        "RetrievedEvent",
                        "retrievedConnection",
                        device("retrievingDevice", "4711")),
                callEvent(
                        CallEvent.Kind.DIVERTED,
                        "DivertedEvent",
                        "connection",
                        device("divertingDevice", "4711"),
                        device("newDestination", "4712"),
                        redirected),
                callEvent(
                        CallEvent.Kind.TRANSFERED,
                        "TransferedEvent", // one r in every edition
                        "primaryOldCall",
                        second,
                        device("transferringDevice", "4711"),
                        device("transferredToDevice", "4712"),
                        "<transferredConnections>" + list + "</transferredConnections>"),
                callEvent(
                        CallEvent.Kind.CONFERENCED,
                        "ConferencedEvent",
                        "primaryOldCall",
                        second,
                        device("conferencingDevice", "4711"),
                        device("addedParty", "4712"),
                        "<conferenceConnections>" + list + "</conferenceConnections>"),
                callEvent(
                        CallEvent.Kind.CONNECTION_CLEARED,
                        "ConnectionClearedEvent",
                        "droppedConnection",
                        device("releasingDevice", "4711")),
                callEvent(CallEvent.Kind.CALL_CLEARED, "CallClearedEvent", "clearedCall", ""),
                callEvent(
                        CallEvent.Kind.FAILED,
                        "FailedEvent",
                        "failedConnection",
                        device("failingDevice", "4711"),
                        redirected));
    }

    private static String document(String root, String namespace, String children) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><" + root + " xmlns=\"" + namespace + "\">" + children + "</"
                + root + ">";
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("vectors")
    @Conformance({"ACD-09", "ACD-11"})
    void childrenAreWrittenInTheOrderOfTheStandardAndReadBack(
            CstaMessage message, String root, String children, String fixedNamespace) throws Exception {
        var decoder = new MessageDecoder();
        for (Edition edition : List.of(Edition.ED3, Edition.ED6)) {
            String namespace = fixedNamespace == null ? edition.namespace() : fixedNamespace;
            byte[] written = MessageEncoder.encode(message, edition);
            assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo(document(root, namespace, children));
            CstaMessage read = decoder.decode(written);
            assertThat(read).isEqualTo(message);
            assertThat(MessageEncoder.encode(read, edition)).isEqualTo(written);
        }
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("vectors")
    @Conformance("ACD-09")
    void anyNamespaceOrPrefixOrNoneIsRead(CstaMessage message, String root, String children, String unused)
            throws Exception {
        var decoder = new MessageDecoder();
        for (Edition edition : Edition.values()) {
            assertThat(decoder.decode(FrameTest.bytes(document(root, edition.namespace(), children))))
                    .isEqualTo(message);
        }
        assertThat(decoder.decode(FrameTest.bytes("<" + root + ">" + children + "</" + root + ">")))
                .isEqualTo(message);
        String prefixed =
                (" " + children).replaceAll("<(/?)(?=[a-zA-Z])", "<$1c:").strip();
        if (!prefixed.contains("xmlns")) {
            assertThat(decoder.decode(FrameTest.bytes("<c:" + root + " xmlns:c=\"" + Edition.ED5.namespace() + "\">"
                            + prefixed + "</c:" + root + ">")))
                    .isEqualTo(message);
        }
    }

    @Test
    @Conformance("ACD-09")
    void editionIsReadFromNamespaceAndVendorVersion() {
        assertThat(Edition.of("http://www.ecma.ch/standards/ecma-323/csta/ed2")).isEqualTo(Edition.ED2);
        assertThat(Edition.of("http://www.ecma-international.org/standards/ecma-323/csta/ed2"))
                .isEqualTo(Edition.ED2);
        assertThat(Edition.of("http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv5"))
                .isEqualTo(Edition.ED3);
        assertThat(Edition.of("http://www.ecma-international.org/standards/ecma-323/csta/ed9"))
                .isNull();
        assertThat(Edition.of("http://www.ecma-international.org/standards/ecma-323/csta/ed33"))
                .isNull();
    }
}
