package org.jackfield.twin.sbc;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jackfield.twin.sip.Leg;
import org.jspecify.annotations.Nullable;

/** A call from the carrier into the host. Written on the SBC's thread; fields are read by the control interface. */
final class CarrierCall {
    final String id;
    final String from;
    final String to;
    final long talkMs;
    /** Who ends it: {@code caller}, {@code agent} or {@code none}. */
    final String hangup;

    final long startedNanos = System.nanoTime();
    volatile String state = "calling";
    volatile int status;
    volatile long tryingMs = -1;
    volatile long ringMs = -1;
    volatile long answerMs = -1;
    volatile long endMs = -1;
    volatile @Nullable Leg leg;

    CarrierCall(String id, String from, String to, long talkMs, String hangup) {
        this.id = id;
        this.from = from;
        this.to = to;
        this.talkMs = talkMs;
        this.hangup = hangup;
    }

    long elapsed() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }

    boolean over() {
        return state.equals("ended") || state.equals("failed");
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", id);
        view.put("from", from);
        view.put("to", to);
        view.put("state", state);
        view.put("status", status);
        view.put("ringMs", ringMs);
        view.put("answerMs", answerMs);
        view.put("endMs", endMs);
        Leg known = leg;
        if (known != null) {
            view.put("sipCallId", known.sipCallId());
        }
        return view;
    }
}
