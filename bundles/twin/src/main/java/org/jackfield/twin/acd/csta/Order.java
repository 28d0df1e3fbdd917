package org.jackfield.twin.acd.csta;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The order that ECMA-323 and ECMA-354 give the children of requests; the first that breaks it is named. */
public final class Order {
    private static final Map<String, List<String>> CHILDREN = new HashMap<>();

    static {
        order(
                "StartApplicationSession",
                "applicationInfo requestedProtocolVersions requestedSessionDuration extensions");
        order("ResetApplicationSessionTimer", "sessionID requestedSessionDuration extensions");
        order("StopApplicationSession", "sessionID sessionEndReason extensions");
        order("MonitorStart", "monitorObject requestedMonitorFilter monitorType requestedMonitorMediaClass extensions");
        order("MonitorStop", "monitorCrossRefID extensions");
        order("SetAgentState", "device requestedAgentState agentID password group extensions");
        order("GetAgentState", "device acdGroup extensions");
        order("RouteRegister", "routeingDevice requestedRouteingMediaClass extensions");
        order("RouteRegisterCancel", "routeRegisterReqID extensions");
        order(
                "RouteSelect",
                "crossRefIdentifier routeRegisterReqID routeSelected alternateRoutes remainRetries routeUsedReq"
                        + " correlatorData extensions");
        order("RouteEnd", "crossRefIdentifier routeRegisterReqID errorValue correlatorData extensions");
        order("RouteReject", "crossRefIdentifier routeRegisterReqID rejectCause correlatorData extensions");
        order(
                "SingleStepTransferCall",
                "activeCall transferredTo accountCode authCode correlatorData userData callCharacteristics"
                        + " mediaCallCharacteristics callingConnectionInfo subjectOfCall languagePreferences reason"
                        + " extensions");
        order("ClearConnection", "connectionToBeCleared correlatorData userData reason extensions");
        order("SnapshotDevice", "snapshotObject extensions");
        order("SnapshotCall", "snapshotObject extensions");
        order(
                "MakeCall",
                "callingDevice calledDirectoryNumber accountCode authCode autoOriginate correlatorData userData"
                        + " callCharacteristics mediaCallCharacteristics callingConnectionInfo subjectOfCall"
                        + " languagePreferences reason extensions");
        order("AnswerCall", "callToBeAnswered correlatorData userData extensions");
        order("HoldCall", "callToBeHeld connectionReservation extensions");
        order("RetrieveCall", "callToBeRetrieved extensions");
        order(
                "ConsultationCall",
                "existingCall consultedDevice connectionReservation accountCode authCode correlatorData userData"
                        + " extensions");
        order("ReconnectCall", "activeCall heldCall extensions");
        order("TransferCall", "heldCall activeCall extensions");
        order("ConferenceCall", "heldCall activeCall extensions");
        order("SingleStepConferenceCall", "activeCall deviceToJoin participationType accountCode authCode extensions");
        order("DeflectCall", "callToBeDiverted newDestination correlatorData userData extensions");
        order("GetSwitchingFunctionDevices", "requestedDeviceID requestedDeviceCategory extensions");
    }

    private Order() {}

    /** What is wrong with a request's children, if anything is. */
    public static Optional<String> fault(Element request) {
        List<String> order = CHILDREN.get(request.name());
        if (order == null) {
            return Optional.empty();
        }
        int at = -1;
        for (Element child : request.children()) {
            int place = order.indexOf(child.name());
            if (place <= at) {
                return Optional.of(request.name() + ": " + child.name() + " is out of place (expected: " + order + ")");
            }
            at = place;
        }
        return Optional.empty();
    }

    private static void order(String request, String children) {
        CHILDREN.put(request, List.of(children.split(" ")));
    }
}
