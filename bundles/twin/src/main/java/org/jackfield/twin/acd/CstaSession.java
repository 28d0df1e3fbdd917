package org.jackfield.twin.acd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.acd.csta.Element;
import org.jackfield.twin.acd.csta.Frame;
import org.jackfield.twin.acd.csta.Link;
import org.jackfield.twin.acd.csta.Order;
import org.jackfield.twin.acd.csta.Xml;
import org.jspecify.annotations.Nullable;

/** One application's session with the ACD (ECMA-354 and ECMA-323). On the ACD's thread but for its construction. */
final class CstaSession {
    private static final String SESSION_NS = "http://www.ecma-international.org/standards/ecma-354/appl_session";
    private static final String EDITIONS = "http://www.ecma-international.org/standards/ecma-323/csta/ed";
    private static final String OLD_ED2 = "http://www.ecma.ch/standards/ecma-323/csta/ed2";
    private static final Set<String> BEFORE_SESSION =
            Set.of("StartApplicationSession", "RequestSystemStatus", "SystemRegister", "SystemStatus");
    private static final String SIDE = "acd";
    /** What fits into one answer to SnapshotDevice. */
    private static final int MOST_CALLS = 200;

    private final Link link;
    private final Agents agents;
    private final CallCenter calls;
    private final Timers timers;
    private final Faults faults;
    private final TwinLog log;
    private final String id;
    private final int longest;
    private final Monitors monitors = new Monitors();
    /** Routeing devices by routeRegisterReqID; empty for all. */
    private final Map<String, String> registers = new LinkedHashMap<>();

    private String namespace = EDITIONS + "4";
    private CstaEvents events = new CstaEvents(namespace);
    private boolean open;
    private Timers.@Nullable Timer expiry;
    private int duration;
    private int lastInvoke;
    private long lastId;
    private int missedHeartbeats;

    CstaSession(
            String id,
            Link link,
            Agents agents,
            CallCenter calls,
            Timers timers,
            Faults faults,
            TwinLog log,
            int longest) {
        this.id = id;
        this.link = link;
        this.agents = agents;
        this.calls = calls;
        this.timers = timers;
        this.faults = faults;
        this.log = log;
        this.longest = longest;
        this.duration = longest;
    }

    boolean isOpen() {
        return open;
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("session", id);
        view.put("open", open);
        view.put("namespace", namespace);
        view.put("monitors", monitors.view());
        view.put("routeing", registers);
        return view;
    }

    void received(Frame frame, Element message) {
        if (message.name().equals("SystemStatusResponse")) {
            missedHeartbeats = 0;
            return;
        }
        if (faults.strikes("acd.silent")) {
            return;
        }
        Optional<String> fault = Order.fault(message);
        String answer;
        if (fault.isPresent()) {
            log.note(SIDE, "csta order", "fault", fault.get());
            answer = error("operation", "invalidParameterValue");
        } else if (!open && !BEFORE_SESSION.contains(message.name())) {
            answer = error("stateIncompatibility", "invalidObjectState");
        } else {
            answer = answer(message);
        }
        if (!answer.isEmpty()) {
            reply(new Frame(frame.invokeId(), answer));
        }
    }

    /** Tells every monitor that hears the agent: its device's, and that of each of its groups. */
    void tell(AgentChange change) {
        List<String> groups = change.groups().isEmpty() ? List.of("") : change.groups();
        List<String> watched = new ArrayList<>(groups);
        watched.add(change.device());
        monitors.watching(watched, (monitor, object) -> {
            for (String group : groups) {
                if (object.equals(change.device()) || object.equals(group)) {
                    event(events.agent(monitor, change, group.isEmpty() ? null : group));
                }
            }
        });
    }

    void tell(CallChange change) {
        monitors.watching(change.monitors(), (monitor, object) -> event(events.call(monitor, change)));
    }

    /** The register that takes route requests for this pilot. */
    Optional<String> register(String pilot) {
        return registers.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty() || entry.getValue().equals(pilot))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    void routeRequest(String crossRef, String register, AcdCall call, long replyTimeout) {
        request(events.routeRequest(crossRef, register, call, replyTimeout));
    }

    void routeUsed(String crossRef, String register, String destination, String calling) {
        request(events.routeUsed(crossRef, register, destination, calling));
    }

    void routeEnd(String crossRef, String register, @Nullable String error) {
        request(events.routeEnd(crossRef, register, error));
    }

    /** The switch's heartbeat; after two without an answer the link is given up. */
    void heartbeat() {
        if (open && ++missedHeartbeats > 2) {
            log.note(SIDE, "csta heartbeat missed", "session", id);
            link.close();
        } else if (open) {
            request(Xml.message("SystemStatus", namespace)
                    .leaf("systemStatus", "normal")
                    .end("SystemStatus"));
        }
    }

    /** Events were lost and will not be repeated. */
    void messagesLost() {
        request(Xml.message("SystemStatus", namespace)
                .leaf("systemStatus", "messagesLost")
                .end("SystemStatus"));
    }

    /** Ends the session from the switch's side. */
    void terminate(String reason) {
        if (open) {
            open = false;
            request(Xml.message("ApplicationSessionTerminated", SESSION_NS)
                    .leaf("sessionID", id)
                    .open("sessionTermReason")
                    .leaf("definedTermReason", reason)
                    .close("sessionTermReason")
                    .end("ApplicationSessionTerminated"));
        }
        timers.after(100, link::close);
    }

    void cut() {
        link.close();
    }

    void gone() {
        open = false;
        monitors.clear();
        registers.clear();
        if (expiry != null) {
            expiry.cancel();
        }
    }

    private String answer(Element request) {
        try {
            return switch (request.name()) {
                case "StartApplicationSession" -> start(request);
                case "ResetApplicationSessionTimer" -> reset(request);
                case "StopApplicationSession" -> stop();
                case "RequestSystemStatus" -> implicit("RequestSystemStatusResponse");
                case "SystemRegister" -> implicit("SystemRegisterResponse");
                case "SystemStatus" ->
                    Xml.message("SystemStatusResponse", namespace).end("SystemStatusResponse");
                case "MonitorStart" -> monitorStart(request);
                case "MonitorStop" -> monitorStop(request);
                case "SetAgentState" -> setAgentState(request);
                case "GetAgentState" -> getAgentState(request);
                case "RouteRegister" -> routeRegister(request);
                case "RouteRegisterCancel" -> routeRegisterCancel(request);
                case "RouteSelect" -> routeSelect(request);
                case "RouteEnd", "RouteReject" -> {
                    calls.routeEnded(request.text("crossRefIdentifier"));
                    yield "";
                }
                case "SingleStepTransferCall" -> transfer(request);
                case "ClearConnection" -> clear(request);
                case "MakeCall" -> make(request);
                case "AnswerCall" -> {
                    Leg leg = leg(request, "callToBeAnswered");
                    calls.answer(leg.call(), leg.device());
                    yield done(request);
                }
                case "DeflectCall" -> {
                    Leg leg = leg(request, "callToBeDiverted");
                    Element to = request.child("newDestination");
                    calls.deflect(leg.call(), leg.device(), to == null ? "" : to.text());
                    yield done(request);
                }
                case "ConsultationCall" -> consult(request);
                case "ReconnectCall" -> {
                    Leg held = leg(request, "heldCall");
                    calls.reconnect(leg(request, "activeCall").call(), held.call(), held.device());
                    yield done(request);
                }
                case "TransferCall" -> join(request, false);
                case "ConferenceCall" -> join(request, true);
                case "SingleStepConferenceCall" -> addParty(request);
                case "SnapshotCall" -> snapshotCall(request);
                case "GetSwitchingFunctionCapabilities" ->
                    Xml.message("GetSwitchingFunctionCapsResponse", namespace)
                            .leaf("switchingSubDomainName", "twin")
                            .leaf("systemStatusTimer", "30")
                            .end("GetSwitchingFunctionCapsResponse");
                case "GetSwitchingFunctionDevices" -> devices();
                case "HoldCall" -> hold(request, "callToBeHeld", true);
                case "RetrieveCall" -> hold(request, "callToBeRetrieved", false);
                case "SnapshotDevice" -> snapshot(request);
                default -> error("operation", "serviceNotSupported");
            };
        } catch (CallCenter.Refused e) {
            return error(e.category(), String.valueOf(e.getMessage()));
        }
    }

    private String start(Element request) {
        Element versions = request.child("requestedProtocolVersions");
        List<Element> wanted = versions == null ? List.of() : versions.children();
        Optional<String> agreed = wanted.stream()
                .map(Element::text)
                .filter(uri -> uri.matches("\\Q" + EDITIONS + "\\E[2-6]") || uri.equals(OLD_ED2))
                .findFirst();
        if (agreed.isEmpty()) {
            return Xml.message("StartApplicationSessionNegResponse", SESSION_NS)
                    .open("errorCode")
                    .leaf("definedError", "requestedProtocolVersionNotSupported")
                    .close("errorCode")
                    .end("StartApplicationSessionNegResponse");
        }
        namespace = agreed.get();
        events = new CstaEvents(namespace);
        open = true;
        extend(request.text("requestedSessionDuration"));
        return Xml.message("StartApplicationSessionPosResponse", SESSION_NS)
                .leaf("sessionID", id)
                .leaf("actualProtocolVersion", namespace)
                .leaf("actualSessionDuration", String.valueOf(duration))
                .end("StartApplicationSessionPosResponse");
    }

    private String reset(Element request) {
        if (!request.text("sessionID").equals(id)) {
            return Xml.message("ResetApplicationSessionTimerNegResponse", SESSION_NS)
                    .open("errorCode")
                    .leaf("definedError", "invalidSessionID")
                    .close("errorCode")
                    .end("ResetApplicationSessionTimerNegResponse");
        }
        extend(request.text("requestedSessionDuration"));
        return Xml.message("ResetApplicationSessionTimerPosResponse", SESSION_NS)
                .leaf("actualSessionDuration", String.valueOf(duration))
                .end("ResetApplicationSessionTimerPosResponse");
    }

    private void extend(String wanted) {
        duration = wanted.matches("\\d{1,6}") ? Math.min(Integer.parseInt(wanted), longest) : longest;
        if (expiry != null) {
            expiry.cancel();
        }
        expiry = timers.after(duration * 1_000L, () -> terminate("sessionTimerExpired"));
    }

    private String stop() {
        open = false;
        timers.after(200, link::close);
        return Xml.message("StopApplicationSessionPosResponse", SESSION_NS).end("StopApplicationSessionPosResponse");
    }

    /** A session without ECMA-354 begins with one of these. */
    private String implicit(String response) {
        open = true;
        return switch (response) {
            case "RequestSystemStatusResponse" ->
                Xml.message(response, namespace).leaf("systemStatus", "normal").end(response);
            case "SystemRegisterResponse" ->
                Xml.message(response, namespace)
                        .leaf("sysStatRegisterID", ++lastId + "ss")
                        .end(response);
            default -> Xml.message(response, namespace).end(response);
        };
    }

    private String monitorStart(Element request) {
        Element object = request.child("monitorObject");
        String device = object == null ? "" : object.text("deviceObject");
        boolean known = agents.byDevice(device) != null
                || calls.isPilot(device)
                || agents.all().stream().anyMatch(agent -> agent.line().groups().contains(device));
        if (!known) {
            return error("operation", "invalidDeviceID");
        }
        String monitor = String.valueOf(1000 + ++lastId);
        monitors.start(monitor, device);
        return Xml.message("MonitorStartResponse", namespace)
                .leaf("monitorCrossRefID", monitor)
                .end("MonitorStartResponse");
    }

    private String monitorStop(Element request) {
        return monitors.stop(request.text("monitorCrossRefID"))
                ? Xml.message("MonitorStopResponse", namespace).end("MonitorStopResponse")
                : error("operation", "invalidMonitorCrossRefID");
    }

    private String setAgentState(Element request) {
        Agent agent = agents.byDevice(request.text("device"));
        if (agent == null) {
            return error("operation", "invalidDeviceID");
        }
        String agentId = request.text("agentID");
        if (!agentId.isEmpty() && !agentId.equals(agent.id())) {
            return error("operation", "invalidAgentID");
        }
        String reason = request.deep("AgentNotReadyReasonValue");
        Agents.Outcome outcome;
        try {
            outcome = agents.request(agent, request.text("requestedAgentState"), reason.isEmpty() ? null : reason);
        } catch (IllegalArgumentException e) {
            return error("operation", "invalidParameterValue");
        }
        if (outcome == Agents.Outcome.REFUSED) {
            return error("stateIncompatibility", "invalidObjectState");
        }
        Xml answer = Xml.message("SetAgentStateResponse", namespace);
        if (outcome == Agents.Outcome.PENDING && agent.pending != null) {
            answer.leaf("pendingAgentState", agent.pending.literal());
        }
        return answer.end("SetAgentStateResponse");
    }

    private String getAgentState(Element request) {
        Agent agent = agents.byDevice(request.text("device"));
        if (agent == null) {
            return error("operation", "invalidDeviceID");
        }
        Xml answer = Xml.message("GetAgentStateResponse", namespace)
                .open("agentStateList")
                .open("agentStateEntry")
                .leaf("agentID", agent.id())
                .leaf("loggedOnState", String.valueOf(agent.state != State.NULL))
                .open("agentInfo");
        for (String group : agent.line().groups()) {
            answer.open("agentInfoItem").leaf("acdGroup", group).leaf("agentState", agent.state.literal());
            if (agent.pending != null) {
                answer.leaf("pendingAgentState", agent.pending.literal());
            }
            answer.close("agentInfoItem");
        }
        return answer.close("agentInfo")
                .close("agentStateEntry")
                .close("agentStateList")
                .end("GetAgentStateResponse");
    }

    private String routeRegister(Element request) {
        String device = request.text("routeingDevice");
        if (!device.isEmpty() && !calls.isPilot(device)) {
            return error("operation", "invalidDeviceID");
        }
        String register = String.valueOf(500 + ++lastId);
        registers.put(register, device);
        return Xml.message("RouteRegisterResponse", namespace)
                .leaf("routeRegisterReqID", register)
                .end("RouteRegisterResponse");
    }

    private String routeRegisterCancel(Element request) {
        return registers.remove(request.text("routeRegisterReqID")) == null
                ? error("operation", "invalidRouteingRegistrationCrossRefID")
                : Xml.message("RouteRegisterCancelResponse", namespace).end("RouteRegisterCancelResponse");
    }

    private String routeSelect(Element request) {
        calls.routeSelected(
                request.text("crossRefIdentifier"),
                request.text("routeSelected"),
                request.text("routeUsedReq").equals("true"));
        return "";
    }

    private String transfer(Element request) {
        Element active = request.child("activeCall");
        String to = request.text("transferredTo");
        String call = active == null ? "" : active.text("callID");
        String next = calls.transfer(call, active == null ? "" : active.text("deviceID"), to);
        return Xml.message("SingleStepTransferCallResponse", namespace)
                .connection("transferredCall", next, to)
                .end("SingleStepTransferCallResponse");
    }

    private String clear(Element request) {
        Element connection = request.child("connectionToBeCleared");
        calls.clear(
                connection == null ? "" : connection.text("callID"),
                connection == null ? "" : connection.text("deviceID"));
        return Xml.message("ClearConnectionResponse", namespace).end("ClearConnectionResponse");
    }

    /** The ConnectionID in a request. */
    private record Leg(String call, String device) {}

    private static Leg leg(Element request, String what) {
        Element connection = request.child(what);
        return connection == null ? new Leg("", "") : new Leg(connection.text("callID"), connection.text("deviceID"));
    }

    private String done(Element request) {
        String response = request.name() + "Response";
        return Xml.message(response, namespace).end(response);
    }

    private String make(Element request) {
        String device = request.text("callingDevice");
        Element data = request.child("correlatorData");
        String uui = data == null ? "" : data.text().replaceAll("\\s", "");
        String call = calls.make(device, request.text("calledDirectoryNumber"), uui);
        return Xml.message("MakeCallResponse", namespace)
                .connection("callingDevice", call, device)
                .end("MakeCallResponse");
    }

    private String consult(Element request) {
        Leg leg = leg(request, "existingCall");
        String call = calls.consult(leg.call(), leg.device(), request.text("consultedDevice"));
        return Xml.message("ConsultationCallResponse", namespace)
                .connection("initiatedCall", call, leg.device())
                .end("ConsultationCallResponse");
    }

    private String join(Element request, boolean stays) {
        Leg held = leg(request, "heldCall");
        Leg active = leg(request, "activeCall");
        String call = calls.join(held.call(), active.call(), held.device(), stays);
        String response = request.name() + "Response";
        return Xml.message(response, namespace)
                .connection(stays ? "conferenceCall" : "transferredCall", call, held.device())
                .open("connections")
                .open("connectionListItem")
                .connection("newConnection", call, held.device())
                .connection("oldConnection", held.call(), held.device())
                .close("connectionListItem")
                .close("connections")
                .end(response);
    }

    private String addParty(Element request) {
        Leg leg = leg(request, "activeCall");
        String to = request.text("deviceToJoin");
        String call = calls.addParty(leg.call(), leg.device(), to);
        return Xml.message("SingleStepConferenceCallResponse", namespace)
                .connection("conferencedCall", call, to)
                .end("SingleStepConferenceCallResponse");
    }

    private String snapshotCall(Element request) {
        AcdCall call = calls.call(leg(request, "snapshotObject").call());
        if (call == null) {
            return error("operation", "invalidCallID");
        }
        Xml xml = Xml.message("SnapshotCallResponse", namespace)
                .open("crossRefIDorSnapshotData")
                .open("snapshotData");
        boolean waits = call.phase == AcdCall.Phase.QUEUED || call.phase == AcdCall.Phase.ROUTEING;
        boolean rings = call.phase == AcdCall.Phase.RINGING;
        party(
                xml,
                call.id,
                call.partyDevice(),
                waits ? "queued" : rings ? "alerting" : call.held ? "hold" : "connected");
        if (call.origin != null) {
            party(xml, call.id, call.origin, "connected");
        }
        call.extras.keySet().forEach(device -> party(xml, call.id, device, "connected"));
        xml.close("snapshotData").close("crossRefIDorSnapshotData");
        xml.device("callingDevice", call.calling).device("calledDevice", call.pilot);
        if (!call.correlator().isEmpty()) {
            xml.open("correlatorData").leaf("string", call.correlator()).close("correlatorData");
        }
        return xml.end("SnapshotCallResponse");
    }

    private static String state(AcdCall call) {
        return switch (call.phase) {
            case ROUTEING, QUEUED -> "queued";
            case RINGING -> "alerting";
            case CONNECTED -> call.held ? "hold" : "connected";
            case ENDED -> "null";
        };
    }

    private static void party(Xml xml, String call, String device, String state) {
        xml.open("snapshotCallResponseInfo")
                .device("deviceOnCall", device)
                .connection("callIdentifier", call, device)
                .leaf("localConnectionState", state)
                .close("snapshotCallResponseInfo");
    }

    /** The answer, and behind it the devices in segments of two. */
    private String devices() {
        String crossRef = "D" + ++lastId;
        List<String[]> all = new ArrayList<>();
        agents.all().forEach(agent -> all.add(new String[] {agent.line().device(), "station"}));
        calls.pilots().forEach(pilot -> all.add(new String[] {pilot, "acd"}));
        timers.after(0, () -> {
            for (int from = 0; from < all.size(); from += 2) {
                int to = Math.min(all.size(), from + 2);
                Xml xml = Xml.message("SwitchingFunctionDevices", namespace)
                        .leaf("serviceCrossRefID", crossRef)
                        .leaf("segmentID", String.valueOf(1 + from / 2))
                        .leaf("lastSegment", String.valueOf(to == all.size()))
                        .open("deviceList");
                all.subList(from, to)
                        .forEach(device -> xml.open("device")
                                .leaf("deviceID", device[0])
                                .leaf("deviceCategory", device[1])
                                .close("device"));
                request(xml.close("deviceList").end("SwitchingFunctionDevices"));
            }
        });
        return Xml.message("GetSwitchingFunctionDevicesResponse", namespace)
                .leaf("serviceCrossRefID", crossRef)
                .end("GetSwitchingFunctionDevicesResponse");
    }

    private String hold(Element request, String what, boolean held) {
        Element connection = request.child(what);
        calls.hold(
                connection == null ? "" : connection.text("callID"),
                connection == null ? "" : connection.text("deviceID"),
                held);
        String response = request.name() + "Response";
        return Xml.message(response, namespace).end(response);
    }

    private String snapshot(Element request) {
        String device = request.text("snapshotObject");
        if (agents.byDevice(device) == null && !calls.isPilot(device)) {
            return error("operation", "invalidDeviceID");
        }
        if (calls.at(device).size() > MOST_CALLS) {
            return error("performanceManagement", "outstandingRequestsLimitExceeded");
        }
        Xml answer = Xml.message("SnapshotDeviceResponse", namespace)
                .open("crossRefIDorSnapshotData")
                .open("snapshotData");
        for (AcdCall call : new ArrayList<>(calls.at(device))) {
            String state = state(call);
            answer.open("snapshotDeviceResponseInfo")
                    .connection("connectionIdentifier", call.id, device)
                    .open("localCallState")
                    .open("compoundCallState")
                    .leaf("localConnectionState", state)
                    .close("compoundCallState")
                    .close("localCallState")
                    .close("snapshotDeviceResponseInfo");
        }
        return answer.close("snapshotData").close("crossRefIDorSnapshotData").end("SnapshotDeviceResponse");
    }

    private String error(String category, String literal) {
        return Xml.message("CSTAErrorCode", namespace).leaf(category, literal).end("CSTAErrorCode");
    }

    private void event(String xml) {
        if (open) {
            if (faults.strikes("acd.messages-lost")) {
                messagesLost();
            } else {
                link.send(new Frame(Frame.EVENT, xml));
            }
        }
    }

    /** A request of the switch, with an invoke id of its own numbering. */
    private void request(String xml) {
        lastInvoke = lastInvoke % 9_998 + 1;
        link.send(new Frame(String.format("%04d", lastInvoke), xml));
    }

    private void reply(Frame frame) {
        double slow = faults.take("acd.slow").orElse(0);
        if (slow > 0) {
            timers.after((long) slow, () -> link.send(frame));
        } else {
            link.send(frame);
        }
    }
}
