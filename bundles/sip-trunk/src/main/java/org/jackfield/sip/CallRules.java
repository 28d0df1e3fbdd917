package org.jackfield.sip;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How calls are treated beyond who gets them, from the trunk's configuration. Immutable.
 *
 * @param redirect true when the caller is sent on by 302 instead of bridged
 * @param suppress183 true when the ACD gets 180 without SDP for a 183 of the SBC
 * @param emergency numbers that are put through to the SBC whatever else is going on
 * @param sessionLeast the smallest session interval taken, in seconds (RFC 4028 section 5)
 * @param dialogsPerSource calls that one source address may have open, emergencies not counted against it
 * @param acdChallenge the algorithm by which callers of the ACD side must prove who they are, null when they need not
 * @param identity how callers are named toward the SBC
 */
record CallRules(
        boolean redirect,
        boolean suppress183,
        Set<String> emergency,
        long sessionLeast,
        int dialogsPerSource,
        @Nullable String acdChallenge,
        Identity identity) {}
