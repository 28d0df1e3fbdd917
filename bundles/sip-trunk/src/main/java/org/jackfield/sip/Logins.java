package org.jackfield.sip;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jackfield.plugin.Trunk;
import org.jackfield.protocol.sip.Login;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the host is at SBC and ACD, when those ask (RFC 3261 section 22). What comes of that is counted, and told once when
 * it turns bad and once when it is good again. For the stack's thread.
 */
final class Logins {
    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);

    /** Hears when a peer stops taking the host's credentials ({@code fault} says why), and when it takes them again. */
    interface Watcher {
        void changed(String target, @Nullable String fault);
    }

    private final TrunkSettings settings;
    private final MeterRegistry meters;
    private final Watcher watcher;
    private final Login sbc;
    private final Login acd;
    private final Set<String> bad = new HashSet<>(2);

    Logins(TrunkSettings settings, MeterRegistry meters, Watcher watcher) {
        this.settings = settings;
        this.meters = meters;
        this.watcher = watcher;
        this.sbc = login("sbc", settings.sbcAccount());
        this.acd = login("acd", settings.acdAccount());
    }

    private Login login(String target, @Nullable Account account) {
        Login.Watcher heard = (outcome, realm) -> heard(target, outcome, realm);
        return account == null ? Login.none(heard) : Login.of(account.user(), account.password(), heard);
    }

    Login sbc() {
        return sbc;
    }

    Login acd() {
        return acd;
    }

    Login of(Trunk.Side side) {
        return side == Trunk.Side.ACD ? acd : sbc;
    }

    /** Of whoever sends from there; when SBC and ACD share an address, the ACD is who sends from its own port. */
    Login at(InetSocketAddress source) {
        boolean fromSbc = source.getAddress().equals(settings.sbc().address().getAddress());
        return source.equals(settings.acd().address()) || !fromSbc ? acd : sbc;
    }

    private void heard(String target, Login.Outcome outcome, String realm) {
        String name = outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
        meters.counter("jackfield.sip.challenges", "link", settings.id().name(), "target", target, "outcome", name)
                .increment();
        switch (outcome) {
            case ANSWERED -> {}
            case ACCEPTED -> {
                if (bad.remove(target)) {
                    LOG.info("{}: {} takes the credentials again", settings.id(), target);
                    watcher.changed(target, null);
                }
            }
            case REFUSED, NO_ACCOUNT, NOT_UNDERSTOOD -> {
                if (bad.add(target)) {
                    String fault = fault(target, outcome, realm);
                    LOG.warn("{}: {}; such requests are refused", settings.id(), fault);
                    watcher.changed(target, fault);
                }
            }
        }
    }

    private String fault(String target, Login.Outcome outcome, String realm) {
        String file = "etc/org.jackfield.sip-" + settings.id().name() + ".cfg";
        String keys = target + "User and " + target + "PasswordFile in " + file;
        return switch (outcome) {
            case REFUSED ->
                target + " refuses the credentials for \"" + realm + "\" (expected: the right " + keys + ")";
            case NO_ACCOUNT -> target + " asks for credentials for \"" + realm + "\" (expected: " + keys + ")";
            default ->
                target + " asks for credentials in a way not known here (expected: Digest, MD5 or SHA-256, qop auth)";
        };
    }
}
