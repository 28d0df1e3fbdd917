package org.jackfield.twin.scenario;

import org.jackfield.protocol.sip.Hop;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sip.UserAgent;

/**
 * Who plays: the two sides of the trunk under test. Immutable.
 *
 * @param sbc Teams and the carrier, behind the SBC
 * @param second the proxy's other address
 * @param dnis a number that the host takes to the ACD
 * @param expert a number of a Teams user that the ACD can call
 */
public record Peers(Side sbc, UserAgent second, Side acd, String dnis, String expert, Faults faults, TwinLog log) {
    /**
     * One side.
     *
     * @param trunk where the host takes its calls
     */
    public record Side(UserAgent agent, Hop trunk) {
        String hostPort() {
            return trunk.address().getHostString() + ":" + trunk.address().getPort();
        }
    }
}
