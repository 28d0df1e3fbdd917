package org.jackfield.twin.acd;

import org.jackfield.twin.acd.csta.Xml;
import org.jspecify.annotations.Nullable;

/** The events and switch-side requests of ECMA-323, children in the schema's order. Stateless. */
final class CstaEvents {
    /** A namespace that public BroadSoft messages use for the reason of a NotReady. */
    private static final String REASONS = "http://schema.broadsoft.com/CSTAPrivateData";

    private final String namespace;

    CstaEvents(String namespace) {
        this.namespace = namespace;
    }

    /** One of the six agent events; {@code group} is null for an agent without groups. */
    String agent(String monitor, AgentChange change, @Nullable String group) {
        String name = switch (change.kind()) {
            case LOGGED_ON -> "AgentLoggedOnEvent";
            case LOGGED_OFF -> "AgentLoggedOffEvent";
            case NOT_READY -> "AgentNotReadyEvent";
            case READY -> "AgentReadyEvent";
            case BUSY -> "AgentBusyEvent";
            case WORKING_AFTER_CALL -> "AgentWorkingAfterCallEvent";
        };
        Xml xml = Xml.message(name, namespace)
                .leaf("monitorCrossRefID", monitor)
                .device("agentDevice", change.device())
                .leaf("agentID", change.agent())
                .leaf("acdGroup", group);
        if (change.pending() != null) {
            xml.leaf("pendingAgentState", pendingOfEvent(change.pending()));
        }
        if (change.reason() != null) {
            xml.open("extensions")
                    .open("privateData")
                    .raw("<private xmlns:pri=\"" + REASONS + "\">")
                    .leaf("pri:AgentNotReadyReasonValue", change.reason())
                    .close("private")
                    .close("privateData")
                    .close("extensions");
        }
        return xml.end(name);
    }

    /** The literals of AgentBusyEvent and AgentWorkingAfterCallEvent differ from those of GetAgentState. */
    private static String pendingOfEvent(State state) {
        return switch (state) {
            case NULL -> "null";
            case READY -> "ready";
            case NOT_READY, BUSY, WORKING_AFTER_CALL -> "notReady";
        };
    }

    /** A call event for one monitor. */
    String call(String monitor, CallChange change) {
        return switch (change.kind()) {
            case QUEUED ->
                head("QueuedEvent", monitor)
                        .connection("queuedConnection", change.callId(), change.device())
                        .device("queue", change.device())
                        .raw(parties(change))
                        .raw(tail(change, "queued"))
                        .end("QueuedEvent");
            case DELIVERED ->
                head("DeliveredEvent", monitor)
                        .connection("connection", change.callId(), change.device())
                        .device("alertingDevice", change.device())
                        .raw(parties(change))
                        .raw(tail(change, "alerting"))
                        .end("DeliveredEvent");
            case ESTABLISHED ->
                head("EstablishedEvent", monitor)
                        .connection("establishedConnection", change.callId(), change.device())
                        .device("answeringDevice", change.device())
                        .raw(parties(change))
                        .raw(tail(change, "connected"))
                        .end("EstablishedEvent");
            case ORIGINATED ->
                head("OriginatedEvent", monitor)
                        .connection("originatedConnection", change.callId(), change.device())
                        .device("callingDevice", change.calling())
                        .device("calledDevice", change.called())
                        .raw(tail(change, "connected"))
                        .end("OriginatedEvent");
            case DIVERTED ->
                head("DivertedEvent", monitor)
                        .connection("connection", change.callId(), change.device())
                        .device("divertingDevice", change.device())
                        .device("newDestination", change.to() == null ? "" : change.to())
                        .raw(parties(change))
                        .raw(tail(change, "null"))
                        .end("DivertedEvent");
            case CONFERENCED -> conferenced(monitor, change);
            case HELD ->
                head("HeldEvent", monitor)
                        .connection("heldConnection", change.callId(), change.device())
                        .device("holdingDevice", change.device())
                        .raw(tail(change, "hold"))
                        .end("HeldEvent");
            case RETRIEVED ->
                head("RetrievedEvent", monitor)
                        .connection("retrievedConnection", change.callId(), change.device())
                        .device("retrievingDevice", change.device())
                        .raw(tail(change, "connected"))
                        .end("RetrievedEvent");
            case FAILED ->
                head("FailedEvent", monitor)
                        .connection("failedConnection", change.callId(), change.device())
                        .device("failingDevice", change.device())
                        .raw(parties(change))
                        .raw(tail(change, "fail"))
                        .end("FailedEvent");
            case TRANSFERED -> transfered(monitor, change);
            case CONNECTION_CLEARED ->
                head("ConnectionClearedEvent", monitor)
                        .connection("droppedConnection", change.callId(), change.device())
                        .device("releasingDevice", change.device())
                        .raw(tail(change, "null"))
                        .end("ConnectionClearedEvent");
            case CALL_CLEARED ->
                head("CallClearedEvent", monitor)
                        .connection("clearedCall", change.callId(), change.device())
                        .raw(tail(change, null))
                        .end("CallClearedEvent");
        };
    }

    /** The element has one r in every edition. */
    private String transfered(String monitor, CallChange change) {
        String to = change.to() == null ? "" : change.to();
        String next = change.newCallId() == null ? change.callId() : change.newCallId();
        Xml xml = head("TransferedEvent", monitor).connection("primaryOldCall", change.callId(), change.device());
        if (change.secondary() != null) {
            xml.connection("secondaryOldCall", change.secondary(), change.device());
        }
        return xml.device("transferringDevice", change.device())
                .device("transferredToDevice", to)
                .open("transferredConnections")
                .raw(item(next, change.calling(), change.callId(), change.calling()))
                .raw(item(next, to, change.callId(), change.device()))
                .close("transferredConnections")
                .raw(tail(change, "null"))
                .end("TransferedEvent");
    }

    private String conferenced(String monitor, CallChange change) {
        String to = change.to() == null ? "" : change.to();
        String next = change.newCallId() == null ? change.callId() : change.newCallId();
        Xml xml = head("ConferencedEvent", monitor).connection("primaryOldCall", change.callId(), change.device());
        if (change.secondary() != null) {
            xml.connection("secondaryOldCall", change.secondary(), change.device());
        }
        return xml.device("conferencingDevice", change.device())
                .device("addedParty", to)
                .open("conferenceConnections")
                .raw(item(next, change.calling(), change.callId(), change.calling()))
                .raw(item(next, change.device(), change.callId(), change.device()))
                .raw(item(next, to, change.secondary() == null ? change.callId() : change.secondary(), to))
                .close("conferenceConnections")
                .raw(tail(change, "connected"))
                .end("ConferencedEvent");
    }

    private static String item(String newCall, String newDevice, String oldCall, String oldDevice) {
        return Xml.fragment()
                .open("connectionListItem")
                .connection("newConnection", newCall, newDevice)
                .connection("oldConnection", oldCall, oldDevice)
                .device("endpoint", newDevice)
                .leaf("resultingConnectionInfo", "connected")
                .close("connectionListItem")
                .text();
    }

    /** RouteRequest; replyTimeout in milliseconds. */
    String routeRequest(String crossRef, String register, AcdCall call, long replyTimeout) {
        Xml xml = Xml.message("RouteRequest", namespace)
                .leaf("crossRefIdentifier", crossRef)
                .leaf("routeRegisterReqID", register)
                .device("currentRoute", call.pilot)
                .device("callingDevice", call.calling)
                .device("routeingDevice", call.pilot)
                .connection("routedCall", call.id, call.pilot)
                .leaf("routeSelAlgorithm", "aCD")
                .leaf("replyTimeout", String.valueOf(replyTimeout));
        if (!call.correlator().isEmpty()) {
            xml.open("correlatorData").leaf("string", call.correlator()).close("correlatorData");
        }
        return xml.end("RouteRequest");
    }

    String routeUsed(String crossRef, String register, String destination, String calling) {
        return Xml.message("RouteUsed", namespace)
                .leaf("crossRefIdentifier", crossRef)
                .leaf("routeRegisterReqID", register)
                .device("routeUsed", destination)
                .device("callingDevice", calling)
                .end("RouteUsed");
    }

    String routeEnd(String crossRef, String register, @Nullable String error) {
        Xml xml = Xml.message("RouteEnd", namespace)
                .leaf("crossRefIdentifier", crossRef)
                .leaf("routeRegisterReqID", register);
        if (error != null) {
            xml.open("errorValue").leaf("operation", error).close("errorValue");
        }
        return xml.end("RouteEnd");
    }

    private Xml head(String name, String monitor) {
        return Xml.message(name, namespace).leaf("monitorCrossRefID", monitor);
    }

    private static String parties(CallChange change) {
        return Xml.fragment()
                .device("callingDevice", change.calling())
                .device("calledDevice", change.called())
                .open("lastRedirectionDevice")
                .empty("notRequired")
                .close("lastRedirectionDevice")
                .text();
    }

    private static String tail(CallChange change, @Nullable String local) {
        Xml xml = Xml.fragment();
        xml.leaf("localConnectionInfo", local);
        if (!change.correlator().isEmpty()) {
            xml.open("correlatorData").leaf("string", change.correlator()).close("correlatorData");
        }
        xml.leaf("cause", change.cause());
        xml.open("callCharacteristics").leaf("acdCall", "true").close("callCharacteristics");
        return xml.text();
    }
}
