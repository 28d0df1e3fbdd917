package org.jackfield.sip;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Login;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/**
 * Asks SBC and ACD by OPTIONS whether they are there. For the stack's thread.
 * A target is up on any 200, down after three misses, a 503 or a refused connection; at first it is taken to be up.
 */
final class TrunkHealth {
    private static final int MISSES = 3;

    /** Hears when a target changes. */
    interface Watcher {
        void changed(String target, boolean up);
    }

    private static final class Target {
        private final String name;
        private final Hop hop;
        private final @Nullable Login login;
        private volatile boolean up = true;
        private boolean heard;
        private int misses;

        Target(String name, Hop hop, @Nullable Login login) {
            this.name = name;
            this.hop = hop;
            this.login = login;
        }
    }

    private final SipStack stack;
    private final TrunkSettings settings;
    private final Watcher watcher;
    private final MeterRegistry meters;
    private final Clock clock;
    private final AtomicLong askedAt;
    private final List<Gauge> gauges = new ArrayList<>();
    private final Map<Hop, Target> targets = new HashMap<>();

    TrunkHealth(
            SipStack stack, TrunkSettings settings, Watcher watcher, MeterRegistry meters, Clock clock, Logins logins) {
        this.stack = stack;
        this.settings = settings;
        this.watcher = watcher;
        this.meters = meters;
        this.clock = clock;
        this.askedAt = new AtomicLong(clock.millis());
        String link = settings.id().name();
        gauges.add(Gauge.builder("jackfield.sip.peer.options.age", askedAt, at -> (clock.millis() - at.get()) / 1e3)
                .baseUnit("seconds")
                .tag("link", link)
                .register(meters));
        targets.put(
                settings.sbc(), new Target("sbc", settings.sbc(), settings.sbcAccount() == null ? null : logins.sbc()));
        targets.put(
                settings.acd(), new Target("acd", settings.acd(), settings.acdAccount() == null ? null : logins.acd()));
        targets.values()
                .forEach(target -> gauges.add(Gauge.builder("jackfield.sip.target.up", target, one -> one.up ? 1 : 0)
                        .tag("link", link)
                        .tag("target", target.name)
                        .register(meters)));
    }

    /** A peer asked by OPTIONS. */
    void asked() {
        askedAt.set(clock.millis());
        meters.counter("jackfield.sip.peer.options", "link", settings.id().name())
                .increment();
    }

    void stop() {
        gauges.forEach(meters::remove);
    }

    void start() {
        if (settings.optionsInterval() > 0) {
            targets.values().forEach(this::ping);
        }
    }

    /** A call found a target out of reach, which counts as a miss. */
    void missed(Hop hop) {
        Target target = targets.get(hop);
        if (target != null) {
            miss(target);
        }
    }

    private void ping(Target target) {
        Hop hop = target.hop;
        String uri = "sip:" + hop.address().getAddress().getHostAddress() + ":"
                + hop.address().getPort();
        SipWriter writer = stack.request("OPTIONS", uri, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.FROM, "<" + stack.uri(hop.protocol()) + ">;tag=" + stack.newTag())
                .add(SipHeader.TO, "<" + uri + ">")
                .add(SipHeader.CALL_ID, stack.newCallId())
                .add(SipHeader.CSEQ, "1 OPTIONS")
                .add(SipHeader.CONTACT, stack.contact(hop.protocol()))
                .add(SipHeader.ALLOW, OwnHeaders.allow(settings))
                .add(SipHeader.ACCEPT, "application/sdp")
                .add(SipHeader.X_MS_SBC, settings.sbcName());
        ResponseHandler heard = new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() == 503) {
                    target.misses = MISSES;
                    miss(target);
                } else if (response.status() >= 200) {
                    there(target);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                if (failure == Failure.TRANSPORT) {
                    target.misses = MISSES;
                }
                miss(target);
            }
        };
        Login login = target.login; // without one a challenge is an answer like any other: the target is there
        if (login == null) {
            stack.send(writer.build(), hop, heard);
        } else {
            stack.send(writer.build(), hop, heard, login, null);
        }
        stack.schedule(settings.optionsInterval(), () -> ping(target));
    }

    private void there(Target target) {
        target.misses = 0;
        if (!target.up || !target.heard) {
            target.heard = true;
            target.up = true;
            watcher.changed(target.name, true);
        }
    }

    private void miss(Target target) {
        target.misses++;
        if (target.up && target.misses >= MISSES) {
            target.up = false;
            watcher.changed(target.name, false);
        }
    }
}
