package org.jackfield.protocol.csta;

import static org.jackfield.protocol.csta.VectorTest.CALL;
import static org.jackfield.protocol.csta.VectorTest.CALL_XML;
import static org.jackfield.protocol.csta.VectorTest.UUI;
import static org.jackfield.protocol.csta.VectorTest.csta;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Call control, capability exchange, registration, snapshots and BroadSoft's features; see {@link VectorTest}. */
final class MoreVectors {
    private static final String UUI_XML = "<correlatorData><string>6A662D31</string></correlatorData>";
    private static final String USER_XML = "<userData><string>6A662D31</string></userData>";
    private static final ConnectionId OTHER = new ConnectionId("FF0002", "4711");
    private static final String OTHER_XML = "<callID>FF0002</callID><deviceID>4711</deviceID>";
    private static final List<ConnectionListItem> LIST = List.of(new ConnectionListItem(OTHER, CALL, null));
    private static final String LIST_XML = "<connections><connectionListItem>"
            + "<newConnection>" + OTHER_XML + "</newConnection>"
            + "<oldConnection>" + CALL_XML + "</oldConnection>"
            + "</connectionListItem></connections>";

    private MoreVectors() {}

    static List<Arguments> all() {
        return Stream.of(control(), moves(), system(), features(), privateData())
                .flatMap(List::stream)
                .toList();
    }

    private static Arguments act(CallMessage.Verb verb, String child) {
        return csta(new CallMessage.Act(verb, CALL), verb.element(), "<" + child + ">" + CALL_XML + "</" + child + ">");
    }

    private static List<Arguments> control() {
        return List.of(
                csta(
                        new CallMessage.Make("4711", "+4930999", "acc", new Secret("s"), "prompt", null, null),
                        "MakeCall", // ECMA-269 17.1.18
                        "<callingDevice>4711</callingDevice>",
                        "<calledDirectoryNumber>+4930999</calledDirectoryNumber>",
                        "<accountCode>acc</accountCode>", // before authCode
                        "<authCode>s</authCode>",
                        "<autoOriginate>prompt</autoOriginate>"),
                csta(
                        new CallMessage.Act(CallMessage.Verb.ANSWER, CALL, UUI, UUI),
                        "AnswerCall", // ECMA-269 17.1.3
                        "<callToBeAnswered>" + CALL_XML + "</callToBeAnswered>",
                        UUI_XML, // then userData
                        USER_XML),
                act(CallMessage.Verb.ANSWER, "callToBeAnswered"),
                act(CallMessage.Verb.HOLD, "callToBeHeld"), // ECMA-269 17.1.15
                act(CallMessage.Verb.RETRIEVE, "callToBeRetrieved"), // ECMA-269 17.1.23
                csta(new CallMessage.Acted(CallMessage.Verb.ANSWER), "AnswerCallResponse"),
                csta(new CallMessage.Acted(CallMessage.Verb.HOLD), "HoldCallResponse"),
                csta(new CallMessage.Acted(CallMessage.Verb.RETRIEVE), "RetrieveCallResponse"),
                csta(
                        new CallMessage.Clear(CALL, UUI, UUI, "normalClearing"),
                        "ClearConnection", // ECMA-269 17.1.8
                        "<connectionToBeCleared>" + CALL_XML + "</connectionToBeCleared>",
                        UUI_XML,
                        USER_XML,
                        "<reason>normalClearing</reason>"), // an EventCause, behind userData
                csta(
                        new CallMessage.Deflect(CALL, "4712", UUI, UUI),
                        "DeflectCall", // ECMA-269 17.1.11
                        "<callToBeDiverted>" + CALL_XML + "</callToBeDiverted>",
                        "<newDestination><device>4712</device></newDestination>", // a list of devices
                        UUI_XML,
                        USER_XML),
                csta(new CallMessage.Deflected(), "DeflectCallResponse"));
    }

    private static List<Arguments> moves() {
        return List.of(
                csta(
                        new CallMessage.Consult(CALL, "4712", UUI, UUI),
                        "ConsultationCall", // ECMA-269 17.1.10
                        "<existingCall>" + CALL_XML + "</existingCall>",
                        "<consultedDevice>4712</consultedDevice>",
                        UUI_XML,
                        USER_XML),
                csta(
                        new CallMessage.Consulted(OTHER),
                        "ConsultationCallResponse",
                        "<initiatedCall>" + OTHER_XML + "</initiatedCall>"), // a ConnectionID
                csta(
                        new CallMessage.Reconnect(OTHER, CALL),
                        "ReconnectCall", // ECMA-269 17.1.22
                        "<activeCall>" + OTHER_XML + "</activeCall>", // active first here
                        "<heldCall>" + CALL_XML + "</heldCall>"),
                csta(new CallMessage.Reconnected(), "ReconnectCallResponse"),
                csta(
                        new CallMessage.Transfer(CALL, OTHER),
                        "TransferCall", // ECMA-269 17.1.29
                        "<heldCall>" + CALL_XML + "</heldCall>", // held first
                        "<activeCall>" + OTHER_XML + "</activeCall>"),
                csta(
                        new CallMessage.TransferDone(OTHER, LIST),
                        "TransferCallResponse",
                        "<transferredCall>" + OTHER_XML + "</transferredCall>",
                        LIST_XML),
                csta(
                        new CallMessage.Conference(CALL, OTHER),
                        "ConferenceCall", // ECMA-269 17.1.9
                        "<heldCall>" + CALL_XML + "</heldCall>",
                        "<activeCall>" + OTHER_XML + "</activeCall>"),
                csta(
                        new CallMessage.ConferenceDone(OTHER, LIST),
                        "ConferenceCallResponse",
                        "<conferenceCall>" + OTHER_XML + "</conferenceCall>",
                        LIST_XML),
                csta(
                        new CallMessage.SingleStepConference(CALL, "4713", "active"),
                        "SingleStepConferenceCall", // ECMA-269 17.1.26
                        "<activeCall>" + CALL_XML + "</activeCall>",
                        "<deviceToJoin>4713</deviceToJoin>",
                        "<participationType>active</participationType>"), // silent, active or none
                csta(
                        new CallMessage.Joined(OTHER, LIST),
                        "SingleStepConferenceCallResponse",
                        "<conferencedCall>" + OTHER_XML + "</conferencedCall>",
                        LIST_XML));
    }

    private static List<Arguments> system() {
        return List.of(
                csta(
                        new SystemMessage.Register(true, true, false, true),
                        "SystemRegister", // ECMA-269 14.1.3
                        "<requestTypes><systemStatus>true</systemStatus>", // this order
                        "<requestSystemStatus>true</requestSystemStatus>",
                        "<switchingFunctionCapsChanged>false</switchingFunctionCapsChanged>",
                        "<switchingFunctionDevicesChanged>true</switchingFunctionDevicesChanged></requestTypes>"),
                csta(
                        new SystemMessage.Registered("27ss"),
                        "SystemRegisterResponse",
                        "<sysStatRegisterID>27ss</sysStatRegisterID>"), // text, as seen in the field
                csta(
                        new SystemMessage.RegisterCancel("27ss"),
                        "SystemRegisterCancel",
                        "<sysStatRegisterID>27ss</sysStatRegisterID>"),
                csta(new SystemMessage.RegisterCancelled(), "SystemRegisterCancelResponse"),
                csta(new CapabilityMessage.Functions(), "GetSwitchingFunctionCapabilities"), // ECMA-269 13.1.4
                csta(
                        new CapabilityMessage.FunctionsAnswer("acd", 30),
                        "GetSwitchingFunctionCapsResponse",
                        "<switchingSubDomainName>acd</switchingSubDomainName>",
                        "<systemStatusTimer>30</systemStatusTimer>"), // the heartbeat's interval
                csta(new CapabilityMessage.Features(), "GetCSTAFeatures"), // TR/87
                csta(
                        new CapabilityMessage.FeaturesAnswer(List.of("makeCall"), List.of("delivered")),
                        "GetCSTAFeaturesResponse",
                        "<supportedServices><makeCall/></supportedServices>",
                        "<supportedEvents><delivered/></supportedEvents>"),
                csta(
                        new CapabilityMessage.Devices("station"),
                        "GetSwitchingFunctionDevices", // ECMA-269 13.1.5
                        "<requestedDeviceCategory>station</requestedDeviceCategory>"),
                csta(
                        new CapabilityMessage.DevicesAnswer("x7"),
                        "GetSwitchingFunctionDevicesResponse",
                        "<serviceCrossRefID>x7</serviceCrossRefID>"), // the devices follow in another message
                csta(
                        new CapabilityMessage.DeviceList(
                                "x7", 1, true, List.of(new CapabilityMessage.Entry("4711", "station"))),
                        "SwitchingFunctionDevices", // ECMA-269 13.1.6, one way
                        "<serviceCrossRefID>x7</serviceCrossRefID>",
                        "<segmentID>1</segmentID>", // optional
                        "<lastSegment>true</lastSegment>",
                        "<deviceList><device><deviceID>4711</deviceID>",
                        "<deviceCategory>station</deviceCategory></device></deviceList>"),
                csta(
                        new CapabilityMessage.Logical("4711"),
                        "GetLogicalDeviceInformation", // ECMA-269 13.1.2
                        "<device>4711</device>"),
                csta(
                        new CapabilityMessage.LogicalAnswer(List.of("a1")),
                        "GetLogicalDeviceInformationResponse",
                        "<agentLogicalDeviceList><agentID>a1</agentID></agentLogicalDeviceList>"),
                csta(
                        new MonitorMessage.Start(
                                "4711",
                                null,
                                List.of(
                                        new MonitorMessage.Filter("callcontrol", List.of("serviceInitiated")),
                                        new MonitorMessage.Filter("logicalDeviceFeature", List.of("autoAnswer"))),
                                "device"),
                        "MonitorStart", // ECMA-269 15.1.2
                        "<monitorObject><deviceObject>4711</deviceObject></monitorObject>",
                        "<requestedMonitorFilter><callcontrol>", // true means: do not tell
                        "<serviceInitiated>true</serviceInitiated></callcontrol>",
                        "<logicalDeviceFeature><autoAnswer>true</autoAnswer></logicalDeviceFeature>",
                        "</requestedMonitorFilter>",
                        "<monitorType>device</monitorType>"),
                csta(
                        new MonitorMessage.Start("", CALL, List.of(), "call"),
                        "MonitorStart",
                        "<monitorObject><callObject>" + CALL_XML + "</callObject></monitorObject>",
                        "<monitorType>call</monitorType>"),
                csta(
                        new MonitorMessage.Started("7", true),
                        "MonitorStartResponse",
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<monitorExistingCalls>true</monitorExistingCalls>"),
                csta(
                        new MonitorMessage.SnapshotOfCall(CALL),
                        "SnapshotCall", // ECMA-269 16.1.1
                        "<snapshotObject>" + CALL_XML + "</snapshotObject>"),
                csta(
                        new MonitorMessage.SnapshotCallAnswer(
                                Device.of("+4930111"),
                                Device.of("600"),
                                List.of(new MonitorMessage.Party(Device.of("4711"), CALL, "connected")),
                                UUI),
                        "SnapshotCallResponse",
                        "<crossRefIDorSnapshotData><snapshotData><snapshotCallResponseInfo>",
                        "<deviceOnCall><deviceIdentifier>4711</deviceIdentifier></deviceOnCall>",
                        "<callIdentifier>" + CALL_XML + "</callIdentifier>",
                        "<localConnectionState>connected</localConnectionState>",
                        "</snapshotCallResponseInfo></snapshotData></crossRefIDorSnapshotData>",
                        "<callingDevice><deviceIdentifier>+4930111</deviceIdentifier></callingDevice>",
                        "<calledDevice><deviceIdentifier>600</deviceIdentifier></calledDevice>",
                        UUI_XML));
    }

    private static List<Arguments> features() {
        return List.of(
                csta(
                        new FeatureMessage.SetDoNotDisturb("", true),
                        "SetDoNotDisturb", // BroadSoft: the device stays empty
                        "<device/><doNotDisturbOn>true</doNotDisturbOn>"),
                csta(
                        new FeatureMessage.DoNotDisturb("7", Device.of("4711"), false),
                        "DoNotDisturbEvent", // ECMA-269 22.2
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<device><deviceIdentifier>4711</deviceIdentifier></device>",
                        "<doNotDisturbOn>false</doNotDisturbOn>"),
                csta(
                        new FeatureMessage.SetForwarding("4711", "forwardBusy", true, "4712"),
                        "SetForwarding",
                        "<device>4711</device>",
                        "<forwardingType>forwardBusy</forwardingType>",
                        "<activateForward>true</activateForward>",
                        "<forwardDN>4712</forwardDN>"),
                csta(
                        new FeatureMessage.Forwarding("7", Device.of("4711"), "forwardImmediate", true, "4712"),
                        "ForwardingEvent",
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<device><deviceIdentifier>4711</deviceIdentifier></device>",
                        "<forwardingType>forwardImmediate</forwardingType>",
                        "<forwardStatus>true</forwardStatus>",
                        "<forwardTo>4712</forwardTo>"));
    }

    /** The last child of any message; what a vendor puts there is read, kept and written again. */
    private static List<Arguments> privateData() {
        String vendor =
                "<privateData><private><v:thing xmlns:v=\"urn:v\" a=\"1\">kept</v:thing></private></privateData>";
        return List.of(
                csta(
                        new AgentEvent(
                                AgentEvent.Kind.NOT_READY,
                                "7",
                                Device.of("4711"),
                                "a1",
                                "600",
                                null,
                                "normal",
                                null,
                                vendor),
                        "AgentNotReadyEvent",
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<agentDevice><deviceIdentifier>4711</deviceIdentifier></agentDevice>",
                        "<agentID>a1</agentID><acdGroup>600</acdGroup>",
                        "<cause>normal</cause>",
                        "<extensions>" + vendor + "</extensions>"),
                csta(
                        new AgentMessage.Set("4711", AgentMessage.Requested.NOT_READY, "a1", null, "600", "TEAMS_CALL"),
                        "SetAgentState", // no reason in the standard: BroadSoft's private data
                        "<device>4711</device>",
                        "<requestedAgentState>notReady</requestedAgentState>",
                        "<agentID>a1</agentID>",
                        "<group>600</group>",
                        "<extensions><privateData><private>",
                        "<AgentNotReadyReasonValue xmlns=\"http://schema.broadsoft.com/CSTAPrivateData\">",
                        "TEAMS_CALL</AgentNotReadyReasonValue>",
                        "</private></privateData></extensions>"),
                csta(
                        new CallEvent(
                                CallEvent.Kind.HELD,
                                "7",
                                CALL,
                                null,
                                Device.of("4711"),
                                null,
                                null,
                                null,
                                null,
                                List.of(),
                                "hold",
                                null,
                                null,
                                "normal",
                                false,
                                null,
                                vendor),
                        "HeldEvent",
                        "<monitorCrossRefID>7</monitorCrossRefID>",
                        "<heldConnection>" + CALL_XML + "</heldConnection>",
                        "<holdingDevice><deviceIdentifier>4711</deviceIdentifier></holdingDevice>",
                        "<localConnectionInfo>hold</localConnectionInfo>",
                        "<cause>normal</cause>",
                        "<extensions>" + vendor + "</extensions>"));
    }
}
