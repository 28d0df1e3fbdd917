package org.jackfield.mediation.routing;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a tenant can choose about routing. Immutable.
 *
 * @param rules the first that matches a dialled number decides
 * @param teams numbers behind which there are Teams users who are no agents
 * @param allowed Teams availabilities, in lower case, in which an agent is offered calls
 * @param allowedDesk more of them for agents whose calls ring on a desk phone
 * @param reserve how long a picked agent is kept for the call that has not rung yet
 */
public record RoutingOptions(
        List<Rule> rules, List<NumberPattern> teams, Set<String> allowed, Set<String> allowedDesk, Duration reserve) {

    public RoutingOptions {
        rules = List.copyOf(rules);
        teams = List.copyOf(teams);
        allowed = Set.copyOf(allowed);
        allowedDesk = Set.copyOf(allowedDesk);
    }

    /** What happens with a number that is dialled from outside. */
    public record Rule(NumberPattern dialled, Target target) {}

    /** Where such a call goes. */
    public sealed interface Target {
        /** The ACD controls the call; it comes in at {@code number}. */
        record Pilot(String number) implements Target {}

        /** A Teams user, without the ACD. */
        record TeamsUser() implements Target {}

        /** Refused with a SIP status from 400 to 699. */
        record Refused(int status) implements Target {}
    }

    public static RoutingOptions defaults() {
        return new RoutingOptions(
                List.of(),
                List.of(),
                Set.of("available", "availableidle", "busyidle", "presenceunknown"),
                Set.of("away", "offline"),
                Duration.ofSeconds(20));
    }
}
