package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call control event (ECMA-269 clause 17.2): what happened to a connection.
 * All fourteen share this record; {@link Kind} says which head elements of ECMA-323 its parts are.
 *
 * @param connection the connection it is about; the primary old call of a transfer or conference
 * @param secondary the secondary old call of a transfer or conference
 * @param subject the device that did it: alerting, answering, holding, releasing, transferring, ... or the queue
 * @param target where it goes: the new destination, the transferred-to device, the added party
 * @param connections old and new connections of a transfer or conference
 * @param localState the monitored device's connection state
 * @param cause the EventCause literal, unknown ones too
 * @param linkageId the globally unique call linkage id, when the peer says
 * @param extensions the markup inside {@code extensions}, private data for example
 */
public record CallEvent(
        Kind kind,
        String crossRef,
        ConnectionId connection,
        @Nullable ConnectionId secondary,
        @Nullable Device subject,
        @Nullable Device calling,
        @Nullable Device called,
        @Nullable Device lastRedirection,
        @Nullable Device target,
        List<ConnectionListItem> connections,
        @Nullable String localState,
        @Nullable HexData correlatorData,
        @Nullable HexData userData,
        @Nullable String cause,
        boolean acdCall,
        @Nullable String linkageId,
        @Nullable String extensions)
        implements CstaMessage {

    /** The parts of an event's head, in the order of ECMA-323. */
    enum Part {
        CONNECTION,
        SECONDARY,
        SUBJECT,
        CALLING,
        CALLED,
        LAST_REDIRECTION,
        TARGET,
        CONNECTIONS
    }

    /** Which event; each name is followed by its head elements in schema order. */
    @SuppressWarnings("ImmutableEnumChecker") // List.copyOf never changes
    public enum Kind {
        SERVICE_INITIATED("ServiceInitiatedEvent", "initiatedConnection", "initiatingDevice SUBJECT"),
        ORIGINATED(
                "OriginatedEvent",
                "originatedConnection",
                "callingDevice CALLING, calledDevice CALLED, originatingDevice SUBJECT"),
        OFFERED("OfferedEvent", "offeredConnection", "offeredDevice SUBJECT, " + Names.PARTIES),
        QUEUED("QueuedEvent", "queuedConnection", "queue SUBJECT, " + Names.PARTIES),
        DELIVERED("DeliveredEvent", "connection", "alertingDevice SUBJECT, " + Names.PARTIES),
        ESTABLISHED("EstablishedEvent", "establishedConnection", "answeringDevice SUBJECT, " + Names.PARTIES),
        HELD("HeldEvent", "heldConnection", "holdingDevice SUBJECT"),
        RETRIEVED("RetrievedEvent", "retrievedConnection", "retrievingDevice SUBJECT"),
        DIVERTED("DivertedEvent", "connection", "divertingDevice SUBJECT, newDestination TARGET, " + Names.PARTIES),
        /** Spelled with one r in every edition; two are read as well. */
        TRANSFERED(
                "TransferedEvent",
                "primaryOldCall",
                "secondaryOldCall SECONDARY, transferringDevice SUBJECT, transferredToDevice TARGET,"
                        + " transferredConnections CONNECTIONS"),
        CONFERENCED(
                "ConferencedEvent",
                "primaryOldCall",
                "secondaryOldCall SECONDARY, conferencingDevice SUBJECT, addedParty TARGET,"
                        + " conferenceConnections CONNECTIONS"),
        CONNECTION_CLEARED("ConnectionClearedEvent", "droppedConnection", "releasingDevice SUBJECT"),
        CALL_CLEARED("CallClearedEvent", "clearedCall", ""),
        FAILED("FailedEvent", "failedConnection", "failingDevice SUBJECT, " + Names.PARTIES);

        private final String element;
        private final List<Slot> head;

        Kind(String element, String connection, String rest) {
            this.element = element;
            this.head = Slot.parse(connection, rest);
        }

        public String element() {
            return element;
        }

        List<Slot> head() {
            return head;
        }
    }

    private static final class Names {
        static final String PARTIES =
                "callingDevice CALLING, calledDevice CALLED, lastRedirectionDevice LAST_REDIRECTION";
    }

    /** An event of {@code kind} that says nothing but its connection and cause. */
    public static CallEvent of(Kind kind, String crossRef, ConnectionId connection, String cause) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                null,
                cause,
                false,
                null,
                null);
    }

    /** The same with the device that did it. */
    public CallEvent subject(@Nullable Device device) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondary,
                device,
                calling,
                called,
                lastRedirection,
                target,
                connections,
                localState,
                correlatorData,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same with its parties. */
    public CallEvent parties(@Nullable Device newCalling, @Nullable Device newCalled) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondary,
                subject,
                newCalling,
                newCalled,
                lastRedirection,
                target,
                connections,
                localState,
                correlatorData,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same with a new destination, transferred-to device or added party. */
    public CallEvent target(@Nullable Device device) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondary,
                subject,
                calling,
                called,
                lastRedirection,
                device,
                connections,
                localState,
                correlatorData,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same with the secondary old call and what became of the connections. */
    public CallEvent moved(@Nullable ConnectionId secondaryOld, List<ConnectionListItem> items) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondaryOld,
                subject,
                calling,
                called,
                lastRedirection,
                target,
                items,
                localState,
                correlatorData,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same with the monitored device's connection state. */
    public CallEvent localState(@Nullable String state) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondary,
                subject,
                calling,
                called,
                lastRedirection,
                target,
                connections,
                state,
                correlatorData,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same with correlator data. */
    public CallEvent correlator(@Nullable HexData data) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondary,
                subject,
                calling,
                called,
                lastRedirection,
                target,
                connections,
                localState,
                data,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same for another monitor. */
    public CallEvent monitor(String newCrossRef) {
        return new CallEvent(
                kind,
                newCrossRef,
                connection,
                secondary,
                subject,
                calling,
                called,
                lastRedirection,
                target,
                connections,
                localState,
                correlatorData,
                userData,
                cause,
                acdCall,
                linkageId,
                extensions);
    }

    /** The same, marked as an ACD call or not. */
    public CallEvent acd(boolean isAcdCall) {
        return new CallEvent(
                kind,
                crossRef,
                connection,
                secondary,
                subject,
                calling,
                called,
                lastRedirection,
                target,
                connections,
                localState,
                correlatorData,
                userData,
                cause,
                isAcdCall,
                linkageId,
                extensions);
    }

    /** An element of the head and what it carries. */
    record Slot(String element, Part part) {
        static List<Slot> parse(String connection, String rest) {
            var slots = new java.util.ArrayList<Slot>();
            slots.add(new Slot(connection, Part.CONNECTION));
            for (String item : rest.isEmpty() ? new String[0] : rest.split(", ", -1)) {
                int space = item.indexOf(' ');
                slots.add(new Slot(item.substring(0, space), Part.valueOf(item.substring(space + 1))));
            }
            return List.copyOf(slots);
        }
    }
}
