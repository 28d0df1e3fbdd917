package org.jackfield.mediation.presence;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant can choose about presence. Immutable.
 *
 * @param call what Teams shows during an ACD call
 * @param callExpiry how long Graph keeps it without renewal, PT5M to PT4H; the Teams link renews in time
 * @param wrapUp what Teams shows in wrap-up
 * @param wrapUpExpiry the longest wrap-up with a margin
 * @param pause what Teams shows for a NotReady without or with any other reason; null for nothing
 * @param meeting what Teams shows for a NotReady with one of {@code meetingReasons}; null for nothing
 * @param pauseExpiry for both kinds of NotReady
 * @param busyToAcd whether Busy without a call makes the agent NotReady
 * @param awayHold how long BeRightBack or Away must last before the ACD is asked
 * @param offlineHold how long Offline must last
 * @param offlineGroups groups whose desk agents become NotReady when Teams is Offline
 * @param echo how long after an own write Teams may still show it
 * @param callWindow how far apart the start of a call at the ACD and in Teams may be seen
 * @param writesToTeams how many writes per agent and minute
 * @param writesToAcd how many writes per agent and minute
 * @param spacingToAcd the shortest time between two writes for one agent
 * @param flapLimit how many full minutes at the limit open the circuit of a direction
 * @param circuit how long it stays open
 * @param preferredGroups groups whose agents' preferred presence may be written, which is the user's own
 * @param statusMessage whether the reason of a NotReady becomes the status message
 * @param confirm how long a write may stay without a result before it counts as failed
 */
public record PresenceOptions(
        Pair call,
        Duration callExpiry,
        Pair wrapUp,
        Duration wrapUpExpiry,
        @Nullable Pair pause,
        @Nullable Pair meeting,
        Duration pauseExpiry,
        Set<String> meetingReasons,
        boolean busyToAcd,
        Duration awayHold,
        Duration offlineHold,
        Set<String> offlineGroups,
        Duration echo,
        Duration callWindow,
        int writesToTeams,
        int writesToAcd,
        Duration spacingToAcd,
        int flapLimit,
        Duration circuit,
        Set<String> preferredGroups,
        boolean statusMessage,
        Duration confirm) {

    public PresenceOptions {
        meetingReasons = Set.copyOf(meetingReasons);
        offlineGroups = Set.copyOf(offlineGroups);
        preferredGroups = Set.copyOf(preferredGroups);
    }

    /** The same with the options that write more than a session. */
    public PresenceOptions beside(Set<String> preferring, boolean message) {
        return new PresenceOptions(
                call,
                callExpiry,
                wrapUp,
                wrapUpExpiry,
                pause,
                meeting,
                pauseExpiry,
                meetingReasons,
                busyToAcd,
                awayHold,
                offlineHold,
                offlineGroups,
                echo,
                callWindow,
                writesToTeams,
                writesToAcd,
                spacingToAcd,
                flapLimit,
                circuit,
                preferring,
                message,
                confirm);
    }

    /** True for a reason that means a meeting. */
    boolean isMeeting(@Nullable String reason) {
        return reason != null && meetingReasons.contains(reason.toLowerCase(Locale.ROOT));
    }

    public static PresenceOptions defaults() {
        return new PresenceOptions(
                Pair.IN_A_CALL,
                Duration.ofHours(1),
                Pair.IN_A_CALL,
                Duration.ofMinutes(10),
                Pair.AWAY,
                Pair.IN_A_CONFERENCE,
                Duration.ofHours(1),
                Set.of("meeting", "training", "coaching"),
                true,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Set.of(),
                Duration.ofSeconds(90),
                Duration.ofSeconds(5),
                20,
                10,
                Duration.ofSeconds(1),
                3,
                Duration.ofMinutes(5),
                Set.of(),
                false,
                Duration.ofSeconds(30));
    }
}
