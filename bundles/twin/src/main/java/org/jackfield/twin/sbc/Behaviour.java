package org.jackfield.twin.sbc;

/**
 * What the phone of one number does. Immutable.
 *
 * @param status 200 to answer, another final status to refuse, 0 to ring for ever
 * @param ringMs milliseconds from INVITE to that
 * @param talkMs milliseconds until it hangs up, 0 for never
 */
record Behaviour(int status, long ringMs, long talkMs) {
    Behaviour {
        if (status != 0 && (status < 200 || status > 699)) {
            throw new IllegalArgumentException("status: " + status + " (expected: 0 or 200-699)");
        }
    }
}
