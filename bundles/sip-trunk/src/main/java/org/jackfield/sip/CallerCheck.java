package org.jackfield.sip;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.jackfield.protocol.sip.Digest;
import org.jackfield.protocol.sip.Digest.Verifier.Verdict;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;

/**
 * Asks who calls from the ACD's address for the user and password that the host has there ({@code acdChallenge}, RFC 3261
 * section 22.2): what opens a call needs them, what comes in its dialogs does not. For the stack's thread; nonces last
 * five minutes, and what was sent with them once is not taken again.
 */
final class CallerCheck {
    private static final long LIFETIME = 300_000;

    private final TrunkEngine engine;
    private final Account account;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Digest.Verifier verifier;

    CallerCheck(TrunkEngine engine, Account account, String algorithm, MeterRegistry meters, Clock clock) {
        this.engine = engine;
        this.account = account;
        this.meters = meters;
        this.clock = clock;
        this.verifier = new Digest.Verifier("jackfield", algorithm, LIFETIME);
    }

    /** True for a request with the right credentials; any other is answered 401. */
    boolean passes(ServerTransaction transaction) {
        long now = clock.millis();
        Verdict verdict = verifier.check(
                transaction.request(),
                SipHeader.AUTHORIZATION,
                user -> user.equals(account.user()) ? account.password() : null,
                now);
        if (verdict == Verdict.GOOD) {
            return true;
        }
        count(
                switch (verdict) {
                    case WRONG -> "wrong";
                    case REPLAYED -> "replayed";
                    default -> "asked";
                });
        if (verdict == Verdict.WRONG) {
            engine.refused(
                    "credentials",
                    transaction.flow().remote().getAddress().getHostAddress(),
                    "the user and the password of acdUser and acdPasswordFile");
        }
        engine.headers()
                .challenge(
                        transaction, verifier.challenge(now, verdict == Verdict.STALE || verdict == Verdict.REPLAYED));
        return false;
    }

    private void count(String outcome) {
        meters.counter(
                        "jackfield.sip.challenges",
                        "link",
                        engine.settings().id().name(),
                        "target",
                        "acd",
                        "outcome",
                        outcome)
                .increment();
    }
}
