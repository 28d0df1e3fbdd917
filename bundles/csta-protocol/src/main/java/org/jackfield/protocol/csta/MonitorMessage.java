package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Monitors and snapshots (ECMA-269 clauses 15 and 16). */
public sealed interface MonitorMessage extends CstaMessage {
    /** What a monitor does not tell, by group and event name ({@code true} in requestedMonitorFilter means suppress). */
    record Filter(String group, List<String> suppressed) {}

    /**
     * MonitorStart on a device, an ACD device, an ACD group or a call.
     *
     * @param call the monitored call, null for a device
     * @param filters in the order callcontrol, callAssociated, mediaAttachment, physicalDeviceFeature,
     *     logicalDeviceFeature, maintenance, voice, private; empty for all events
     * @param type {@code call} or {@code device}
     */
    record Start(
            String device,
            @Nullable ConnectionId call,
            List<Filter> filters,
            @Nullable String type) implements MonitorMessage, CstaRequest<Started> {
        /** On a device, for all events. */
        public Start(String device) {
            this(device, null, List.of(), null);
        }

        @Override
        public Class<Started> answer() {
            return Started.class;
        }
    }

    /** MonitorStartResponse; {@code existing} tells that calls that are up are told by events. */
    record Started(String crossRef, boolean existing) implements MonitorMessage {
        public Started(String crossRef) {
            this(crossRef, false);
        }
    }

    /** MonitorStop, from either end. */
    record Stop(String crossRef) implements MonitorMessage, CstaRequest<Stopped> {
        @Override
        public Class<Stopped> answer() {
            return Stopped.class;
        }
    }

    /** MonitorStopResponse. */
    record Stopped() implements MonitorMessage {}

    /** SnapshotDevice. */
    record Snapshot(String device) implements MonitorMessage, CstaRequest<SnapshotAnswer> {
        @Override
        public Class<SnapshotAnswer> answer() {
            return SnapshotAnswer.class;
        }
    }

    /** SnapshotDeviceResponse: the device's calls. */
    record SnapshotAnswer(List<Call> calls) implements MonitorMessage {}

    /** SnapshotCall. */
    record SnapshotOfCall(ConnectionId call) implements MonitorMessage, CstaRequest<SnapshotCallAnswer> {
        @Override
        public Class<SnapshotCallAnswer> answer() {
            return SnapshotCallAnswer.class;
        }
    }

    /** SnapshotCallResponse: the call's connections. */
    record SnapshotCallAnswer(
            @Nullable Device calling,
            @Nullable Device called,
            List<Party> parties,
            @Nullable HexData correlatorData) implements MonitorMessage {}

    /** One party of a call; {@code state} is its local connection state. */
    record Party(
            Device device,
            @Nullable ConnectionId connection,
            @Nullable String state) {}

    /**
     * One call of a snapshot.
     *
     * @param state the device's own local connection state: {@code initiated}, {@code alerting}, {@code connected}, ...
     */
    record Call(ConnectionId connection, @Nullable String state) {}
}
