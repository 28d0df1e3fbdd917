package org.jackfield.twin.sip;

import java.util.UUID;

/**
 * How a leg looks to its peer. Immutable.
 *
 * @param style how header names are written
 * @param contact the whole Contact value, empty for the address of the user agent
 * @param recordRoute the whole Record-Route value of its INVITE or its responses, empty for none
 * @param tag this side's tag, empty for one of the stack's
 * @param server the value of Server in responses, empty for none
 */
public record Dress(Style style, String contact, String recordRoute, String tag, String server) {
    /** As any user agent. */
    public static final Dress PLAIN = new Dress(Style.PLAIN, "", "", "", "");

    private static final String SERVER = "Microsoft.PSTNHub.SIPProxy v.2025.1.15.1 i.EUWE.2";

    /**
     * As Microsoft's proxy: capital header names, a guid as tag, and a Contact that is not the next hop, on port 443 with
     * opaque parameters, behind a Record-Route that is.
     *
     * @param proxy the URI where the proxy takes SIP
     */
    public static Dress microsoft(String proxy, UUID call, UUID tag) {
        return new Dress(
                Style.CAPITALS,
                "<sip:127.0.0.1:443;x-i=" + call + ";x-c=" + Long.toHexString(call.getLeastSignificantBits()) + "/d/8/"
                        + Long.toHexString(call.getMostSignificantBits()) + ">",
                "<" + proxy + ";lr>",
                tag.toString(),
                SERVER);
    }
}
