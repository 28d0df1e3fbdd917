package org.jackfield.mediation.correlation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jspecify.annotations.Nullable;

/**
 * Which call id an ACD's callID belongs to, so that two ids given before the link between them was known are joined.
 * Safe for any thread; keeps a bounded number, the oldest goes first. CSTA reuses callIDs: an id ends with its call.
 */
public final class CallLinks {
    private final Map<String, String> calls;

    /** @param most how many to keep, at least 1 */
    public CallLinks(int most) {
        calls = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                return size() > most;
            }
        };
    }

    /** Takes an event in; the link when its callID was known under another id before. */
    public synchronized CallEvents.@Nullable Linked see(String tenant, CallEvents.Call event) {
        String acdCall = event.acdCall();
        if (acdCall == null) {
            return null;
        }
        String key = tenant + "/" + acdCall;
        String known = calls.put(key, event.call());
        if (event.kind() == CallEvents.Kind.CLEARED && event.device() == null) {
            calls.remove(key);
        }
        return known == null || known.equals(event.call())
                ? null
                : new CallEvents.Linked(event.call(), known, "acdCall");
    }

    /** The call id of an ACD's callID, or null. */
    public synchronized @Nullable String call(String tenant, String acdCall) {
        return calls.get(tenant + "/" + acdCall);
    }
}
