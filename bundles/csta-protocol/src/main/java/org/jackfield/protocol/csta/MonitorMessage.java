package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Monitors and snapshots (ECMA-269 clauses 15 and 16). */
public sealed interface MonitorMessage extends CstaMessage {
    /** MonitorStart on a device, an ACD device or an ACD group, for all events. */
    record Start(String device) implements MonitorMessage, CstaRequest<Started> {
        @Override
        public Class<Started> answer() {
            return Started.class;
        }
    }

    /** MonitorStartResponse. */
    record Started(String crossRef) implements MonitorMessage {}

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

    /**
     * One call of a snapshot.
     *
     * @param state the device's own local connection state: {@code initiated}, {@code alerting}, {@code connected}, ...
     */
    record Call(ConnectionId connection, @Nullable String state) {}
}
