package org.jackfield.plugin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jackfield.event.PresenceEvents;
import org.jspecify.annotations.Nullable;

/** What the Teams link can be asked. */
public final class Teams {
    private Teams() {}

    /** Sets or clears the host's presence session (Graph setPresence, clearPresence); newest wins per agent. */
    public static final Operation<PresenceEvents.Intent, PresenceEvents.Applied> PRESENCE = new Operation<>(
            "presence",
            PresenceEvents.Intent.class,
            PresenceEvents.Applied.class,
            "Sets or clears the host's presence session of an agent (Graph setPresence and clearPresence).");

    /**
     * Stops or allows writing. Stopping also withdraws what the host has set; it holds until allowed again, also over a
     * restart.
     *
     * @param on true to stop
     * @param reason for the audit trail and the status sentence
     */
    public record KillSwitch(boolean on, String reason) {}

    /**
     * How the switch stands now.
     *
     * @param cleared sessions withdrawn so far
     * @param left sessions that are still being withdrawn
     */
    public record KillSwitchAnswer(boolean on, int cleared, int left) {}

    /** Stops the link's writing at once and withdraws what it has set, or lets it write again. */
    public static final Operation<KillSwitch, KillSwitchAnswer> KILL_SWITCH = new Operation<>(
            "killSwitch",
            KillSwitch.class,
            KillSwitchAnswer.class,
            "Withdraws every presence session that the host holds and stops writing, or allows writing again.");

    /** Asks for a {@link Budget}. */
    public record AskBudget() {}

    /**
     * What an application may ask of Graph and what it does ask, in one tenant and class of requests.
     *
     * @param application the client id
     * @param directory the Entra directory id
     * @param kind the class of requests, for example {@code presence}
     * @param limit what Graph allows in a {@code window}
     * @param allowed what the host takes of it
     * @param used in the last window
     * @param most the fullest that a window was since the start
     * @param usedBy {@code used} by priority
     * @param waitingBy requests that wait for budget, by priority
     * @param paused how long Graph wants no request yet
     */
    public record Budget(
            String application,
            String directory,
            String kind,
            int limit,
            Duration window,
            int allowed,
            int used,
            int most,
            Map<String, Integer> usedBy,
            Map<String, Integer> waitingBy,
            Duration paused) {}

    /** Tells how much of Graph's limits is used. */
    public static final Operation<AskBudget, Budget> BUDGET = new Operation<>(
            "budget",
            AskBudget.class,
            Budget.class,
            "Tells how much of Graph's limits the application uses, who waits, and whether Graph asked for a pause.");

    /** Asks for an {@link Onboarding}. */
    public record AskOnboarding() {}

    /**
     * An application permission.
     *
     * @param granted true when Graph took a request that needs it
     * @param sentence what was found, and how to mend it
     */
    public record Permission(String name, boolean granted, String sentence) {}

    /**
     * How far a tenant is ready for the host.
     *
     * @param consentLink where the tenant's administrator consents to what the application is registered with
     * @param needed the least permissions that the configured features need: what it should be registered with
     * @param checked each of them, tried
     * @param remarks what else is wrong, for example with the agent dictionary
     */
    public record Onboarding(String consentLink, List<String> needed, List<Permission> checked, List<String> remarks) {}

    /** Checks the tenant's consent and the agent dictionary; changes nothing. */
    public static final Operation<AskOnboarding, Onboarding> ONBOARD = new Operation<>(
            "onboard",
            AskOnboarding.class,
            Onboarding.class,
            "Checks permission by permission what the tenant has consented to, and the agent dictionary.");

    /** Asks for a {@link Diagnosis}. */
    public record Diagnose(String agent) {}

    /**
     * A write of an agent's presence session.
     *
     * @param pair what was set, or {@code clear}
     * @param status the HTTP status, 0 when there was no answer
     * @param requestId Microsoft's name for the request, which their support asks for
     */
    public record Write(
            String pair,
            Duration expiry,
            Instant at,
            int status,
            @Nullable String requestId,
            @Nullable String error) {}

    /**
     * A reading of an agent's presence.
     *
     * @param source {@code poll} or {@code notification}
     */
    public record Read(
            String availability,
            String activity,
            @Nullable String sequenceNumber,
            String source,
            Instant at,
            Duration age) {}

    /**
     * All that is known about the presence of an agent.
     *
     * @param session the id of the host's session
     * @param held what the session holds as far as known, null for nothing
     * @param waiting true while a newer write waits or is under way
     * @param hidden why what is held does not show although it had time to; null when it shows or may still
     */
    public record Diagnosis(
            String agent,
            String user,
            String session,
            @Nullable String held,
            @Nullable Instant heldUntil,
            boolean waiting,
            @Nullable Write lastWrite,
            @Nullable Read lastRead,
            @Nullable String hidden) {}

    /** Tells all that is known about the presence of one agent. */
    public static final Operation<Diagnose, Diagnosis> DIAGNOSE = new Operation<>(
            "diagnose",
            Diagnose.class,
            Diagnosis.class,
            "Tells what was last set and read for an agent, and why what is set does not show.");
}
