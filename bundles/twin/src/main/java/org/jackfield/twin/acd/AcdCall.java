package org.jackfield.twin.acd;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call to a pilot, from its INVITE to its end. Used on the ACD's thread only. */
final class AcdCall {
    /** How far it is. */
    enum Phase {
        ROUTEING,
        QUEUED,
        RINGING,
        CONNECTED,
        ENDED
    }

    /** A transfer under way: the new party rings, the agent still has the call. */
    static final class Transfer {
        final String callId;
        final String to;
        final String device;

        @Nullable
        Line line;

        Transfer(String callId, String to, String device) {
            this.callId = callId;
            this.to = to;
            this.device = device;
        }
    }

    final String pilot;
    final String calling;
    final String uui;
    final Line caller;
    /** By what its agent is rung. */
    final Line.Dialer dialer;
    /** Changes with a transfer, as a CSTA callID does. */
    String id;

    Phase phase = Phase.ROUTEING;

    @Nullable
    String crossRef;

    boolean usedWanted;
    Timers.@Nullable Timer timer;

    @Nullable
    Agent agent;

    @Nullable
    Line party;
    /** The number of a party that is no agent. */
    @Nullable
    String partyNumber;

    @Nullable
    Transfer transfer;

    /** The device that made the call; null for one that came in. */
    @Nullable
    String origin;
    /** The call that this one has become part of. */
    @Nullable
    AcdCall into;
    /** Further parties of a conference, by device. */
    final Map<String, Line> extras = new LinkedHashMap<>();

    boolean held;
    int attempts;

    AcdCall(String id, String pilot, String calling, String uui, Line caller, Line.Dialer dialer) {
        this.id = id;
        this.pilot = pilot;
        this.calling = calling;
        this.uui = uui;
        this.caller = caller;
        this.dialer = dialer;
    }

    /** The hex part of User-to-User (RFC 7433), which CSTA carries as correlatorData. */
    String correlator() {
        int semicolon = uui.indexOf(';');
        return semicolon < 0 ? uui.strip() : uui.substring(0, semicolon).strip();
    }

    /** The device of the connected or ringing party. */
    String partyDevice() {
        Agent known = agent;
        if (known != null) {
            return known.line().device();
        }
        return partyNumber == null ? pilot : partyNumber;
    }

    /** The call that this one is now. */
    AcdCall current() {
        AcdCall now = this;
        while (now.into != null) {
            now = now.into;
        }
        return now;
    }

    /** True when the device has a connection in this call. */
    boolean has(String device) {
        return device.equals(origin) || device.equals(partyDevice()) || extras.containsKey(device);
    }

    void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", id);
        view.put("phase", phase.name());
        view.put("pilot", pilot);
        view.put("calling", calling);
        view.put("device", partyDevice());
        view.put("sipCallId", caller.sipCallId());
        view.put("correlator", correlator());
        return view;
    }
}
