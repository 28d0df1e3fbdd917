package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** connectionListItem: which connection became which by a transfer or a conference. */
public record ConnectionListItem(
        @Nullable ConnectionId newConnection,
        @Nullable ConnectionId oldConnection,
        @Nullable String endpoint) {}
