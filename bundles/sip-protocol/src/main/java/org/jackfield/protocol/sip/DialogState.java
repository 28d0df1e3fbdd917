package org.jackfield.protocol.sip;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A confirmed dialog as it is kept over a restart (RFC 3261 section 12).
 *
 * @param local this side's From or To value, with tag
 * @param remote the peer's, with tag
 * @param remoteTarget the URI of the peer's Contact, byte for byte
 * @param routeSet in the order of the Route headers to be sent
 * @param hop where requests go when the route names no IP address, as {@code host:port;transport}
 */
public record DialogState(
        String callId,
        String localTag,
        @Nullable String remoteTag,
        String local,
        String remote,
        String remoteTarget,
        List<String> routeSet,
        long localCseq,
        long remoteCseq,
        String hop) {}
