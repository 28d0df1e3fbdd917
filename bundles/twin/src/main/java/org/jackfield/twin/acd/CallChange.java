package org.jackfield.twin.acd;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something happened to a connection, as the call events of ECMA-323 tell it. Immutable.
 *
 * @param callId the CSTA callID; for a transfer the primary old call
 * @param device the device that it is about, and the other half of the ConnectionID
 * @param newCallId the call after a transfer
 * @param to the new party of a transfer, or the device that failed
 * @param correlator the User-to-User hex, empty for none
 * @param secondary the other old call of a transfer or conference
 * @param monitors the devices and groups whose monitors hear it
 */
record CallChange(
        Kind kind,
        String callId,
        String device,
        String calling,
        String called,
        @Nullable String newCallId,
        @Nullable String to,
        String cause,
        String correlator,
        List<String> monitors,
        @Nullable String secondary) {
    CallChange(
            Kind kind,
            String callId,
            String device,
            String calling,
            String called,
            @Nullable String newCallId,
            @Nullable String to,
            String cause,
            String correlator,
            List<String> monitors) {
        this(kind, callId, device, calling, called, newCallId, to, cause, correlator, monitors, null);
    }

    /** Which event it is. */
    enum Kind {
        QUEUED,
        DELIVERED,
        ESTABLISHED,
        ORIGINATED,
        DIVERTED,
        CONFERENCED,
        HELD,
        RETRIEVED,
        TRANSFERED,
        FAILED,
        CONNECTION_CLEARED,
        CALL_CLEARED
    }
}
