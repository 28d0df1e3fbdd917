package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** Logical device features that travel beside the agent messages in BroadSoft's as-feature-event (ECMA-269 clause 22). */
public sealed interface FeatureMessage extends CstaMessage {
    /** SetDoNotDisturb. */
    record SetDoNotDisturb(String device, boolean on) implements FeatureMessage {}

    /** DoNotDisturbEvent; BroadSoft leaves the cross-reference out. */
    record DoNotDisturb(@Nullable String crossRef, Device device, boolean on) implements FeatureMessage {}

    /** SetForwarding; {@code type} is {@code forwardImmediate}, {@code forwardBusy} or {@code forwardNoAns}. */
    record SetForwarding(
            String device,
            @Nullable String type,
            boolean on,
            @Nullable String to) implements FeatureMessage {}

    /** ForwardingEvent. */
    record Forwarding(
            @Nullable String crossRef,
            Device device,
            @Nullable String type,
            boolean on,
            @Nullable String to) implements FeatureMessage {}
}
