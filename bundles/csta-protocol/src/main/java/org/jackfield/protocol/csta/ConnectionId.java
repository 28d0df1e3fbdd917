package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** One device's part in one call (ECMA-269 12.2.x ConnectionID); a peer may leave out either half. */
public record ConnectionId(
        @Nullable String callId, @Nullable String deviceId) {}
