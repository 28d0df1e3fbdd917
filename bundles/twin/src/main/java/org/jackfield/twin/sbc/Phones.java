package org.jackfield.twin.sbc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.twin.Faults;
import org.jackfield.twin.sip.Dress;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * Everybody behind the SBC: agents' phones and Teams users. Answers the host's calls, transfers by REFER, judges.
 * Its maps are for any thread; what happens on SIP happens on the user agent's thread.
 */
final class Phones implements UserAgent.Owner {
    private static final long NOTIFY_MS = 4_000;
    private static final long OUTCOME_MS = 40_000;

    private final Faults faults;
    private final Violations violations;
    private final Checks checks;
    private final Protocol protocol;
    private final long ringMs;
    private final AtomicLong lastRefer = new AtomicLong();
    private final Map<String, Phone> phones = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> numbers = new ConcurrentHashMap<>();
    private final Map<String, Refer> refers = new ConcurrentHashMap<>();
    private final TrunkWatch watch;
    private final List<String> known;
    private @Nullable UserAgent agent;
    private @Nullable UserAgent second;

    /**
     * Everybody.
     *
     * @param known how numbers that exist begin, empty for all
     */
    Phones(Faults faults, Violations violations, Protocol protocol, long ringMs, List<String> known, TrunkWatch watch) {
        this.known = List.copyOf(known);
        this.watch = watch;
        this.faults = faults;
        this.violations = violations;
        this.checks = new Checks(violations, faults);
        this.protocol = protocol;
        this.ringMs = ringMs;
    }

    /**
     * The addresses of the proxy.
     *
     * @param other from where REFER comes, null when there is only one
     */
    void attach(UserAgent userAgent, @Nullable UserAgent other) {
        this.agent = userAgent;
        this.second = other;
    }

    @Nullable
    Phone phone(String id) {
        return phones.get(id);
    }

    /** The youngest leg that is up and whose From has this user. */
    Optional<Phone> from(String user) {
        return phones.values().stream()
                .filter(phone -> phone.leg.fromUser().equals(user) && phone.up())
                .reduce((first, second) -> number(first.leg.id()) > number(second.leg.id()) ? first : second);
    }

    void behave(String number, int status, long ring, long talkMs) {
        numbers.put(number, new Behaviour(status, ring < 0 ? ringMs : ring, talkMs));
    }

    /** Sends a REFER on a phone's leg; its id. Empty values are made up, long and odd. */
    String refer(Phone phone, String referTo, String referredBy, int outcome) {
        Refer refer = new Refer(
                "refer-" + lastRefer.incrementAndGet(),
                phone.leg,
                referTo.isEmpty() ? usualReferTo() : bracketed(referTo),
                referredBy.isEmpty() ? usualReferredBy() : bracketed(referredBy),
                outcome,
                violations);
        refers.put(refer.id, refer);
        phone.refer = refer;
        agent().thread().execute(() -> {
            UserAgent other = second;
            phone.leg.sendFrom(
                    other == null ? agent() : other,
                    "REFER",
                    writer ->
                            writer.add(SipHeader.REFER_TO, refer.referTo).add(SipHeader.REFERRED_BY, refer.referredBy),
                    refer);
            later(NOTIFY_MS, () -> {
                if (refer.accepted == 202 && refer.silent()) {
                    violations.add("DR-56", "no NOTIFY 4 s after REFER", "", phone.leg.sipCallId());
                }
            });
            later(OUTCOME_MS, () -> {
                if (!refer.over()) {
                    refer.state = "failed";
                    violations.add("DR-62", "no final NOTIFY in 40 s", "", phone.leg.sipCallId());
                }
            });
        });
        return refer.id;
    }

    Optional<Map<String, Object>> referState(String id) {
        return Optional.ofNullable(refers.get(id)).map(Refer::view);
    }

    List<Map<String, Object>> refers() {
        return refers.values().stream().map(Refer::view).toList();
    }

    List<Map<String, Object>> view() {
        return phones.values().stream()
                .filter(phone -> phone.leg.phase() != Leg.Phase.ENDED)
                .map(Phone::view)
                .toList();
    }

    @Override
    public boolean deaf(SipMessage request) {
        return faults.isOn("sbc.mute");
    }

    @Override
    public boolean foreign(SipMessage request) {
        checks.foreign(request);
        return true;
    }

    @Override
    public UserAgent.Reply options(SipMessage request) {
        watch.asked();
        return checks.options(request);
    }

    @Override
    public void other(ServerTransaction transaction) {
        SipMessage request = transaction.request();
        if (request.method() == SipMethod.REFER) {
            violations.add("DR-30", "REFER to Teams", request.toString(), request.callId());
        }
        transaction.respond(405, "Method Not Allowed");
    }

    @Override
    public void refused(String reason) {
        violations.add("RFC 3261 7", "what came is no SIP message: " + reason, "", "");
    }

    @Override
    public void incoming(Leg leg) {
        if (faults.strikes("sbc.503")) {
            leg.refuse(503, "Service Unavailable", writer -> writer.add(SipHeader.RETRY_AFTER, 1));
            return;
        }
        Refer refer = refers.values().stream()
                .filter(each -> !each.over() && each.meant(leg))
                .findFirst()
                .orElse(null);
        OptionalInt refusal = checks.invite(leg, refer != null);
        if (refusal.isPresent()) {
            leg.refuse(refusal.getAsInt(), "Refused by the twin", writer -> reason(writer, refusal.getAsInt()));
            return;
        }
        Phone phone = new Phone(leg);
        leg.dress(Dress.microsoft(agent().uri(protocol), phone.call, UUID.randomUUID()));
        phones.put(leg.id(), phone);
        leg.listen(new PhoneEvents(phone));
        Behaviour behaviour = numbers.getOrDefault(phone.number, new Behaviour(200, ringMs, 0));
        if (refer != null) {
            refer.invited = true;
            refer.triggered = leg;
            OptionalInt strange = checks.triggered(leg, refer.target(), refer.referredBy, refer.old.sipCallId());
            behaviour = new Behaviour(strange.orElse(refer.outcome), strange.isPresent() ? 0 : ringMs, 0);
        } else if (!exists(phone.number)) {
            behaviour = new Behaviour(404, 0, 0);
        }
        ring(phone, behaviour);
    }

    private void ring(Phone phone, Behaviour behaviour) {
        Leg leg = phone.leg;
        if (behaviour.status() == 0 || behaviour.status() < 300 || behaviour.ringMs() > 0) {
            leg.ring(180, "Ringing");
        }
        if (behaviour.status() == 0) {
            return;
        }
        later(behaviour.ringMs(), () -> {
            if (behaviour.status() >= 300) {
                leg.refuse(behaviour.status(), "Refused", writer -> reason(writer, behaviour.status()));
                return;
            }
            leg.answer(Sdp.of("phone"));
            later(Microsoft.ACK_MS, () -> {
                if (phone.up() && !phone.acked) {
                    checks.noAck(leg);
                    leg.hangUp(Microsoft.noAck(phone.call));
                }
            });
            if (behaviour.talkMs() > 0) {
                later(behaviour.talkMs(), () -> leg.hangUp(Microsoft.hungUp(phone.call)));
            }
        });
    }

    private boolean exists(String number) {
        return known.isEmpty() || known.stream().anyMatch(number::startsWith);
    }

    private static void reason(SipWriter writer, int status) {
        String phrase = status == 404 ? "511404 Reverse number lookup failed" : "twin";
        writer.add(SipHeader.REASON, Microsoft.reason(Microsoft.cause(status), UUID.randomUUID(), phrase));
    }

    private UserAgent agent() {
        UserAgent known = agent;
        if (known == null) {
            throw new IllegalStateException("the SBC is not open");
        }
        return known;
    }

    private void later(long millis, Runnable task) {
        var scheduled = agent().thread().schedule(task, millis, TimeUnit.MILLISECONDS);
        if (scheduled.isCancelled()) {
            throw new IllegalStateException("the SBC is closing");
        }
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }

    private static String bracketed(String value) {
        return value.indexOf('<') >= 0 ? value : "<" + value + ">";
    }

    private static String usualReferTo() {
        return "<sip:sip.pstnhub.microsoft.com:5061;transport=tls;x-m=8:orgid:" + UUID.randomUUID() + ">";
    }

    private static String usualReferredBy() {
        return "<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:" + UUID.randomUUID() + ";x-t=" + UUID.randomUUID()
                + ";x-ti=" + UUID.randomUUID()
                + ";x-tt=aHR0cHM6Ly9hcGktZHUtQS1ldS5wc3RuSFVCLm1pY3Jvc29mdC5jb20vdjEvbmdjL2NhbGwvQWJDZEVmPT0%3D%3D>";
    }

    /** What the host does on a phone's leg. */
    private final class PhoneEvents implements Leg.Events {
        private final Phone phone;

        PhoneEvents(Phone phone) {
            this.phone = phone;
        }

        @Override
        public void acked(Leg leg, SipMessage ack) {
            phone.acked = true;
            checks.inDialog(leg, ack);
        }

        @Override
        public void request(Leg leg, ServerTransaction transaction) {
            SipMessage request = transaction.request();
            checks.inDialog(leg, request);
            Refer refer = phone.refer;
            switch (request.method()) {
                case NOTIFY -> {
                    if (refer == null) {
                        transaction.respond(481, "Subscription Does Not Exist");
                    } else {
                        outcome(refer, refer.onNotify(transaction));
                    }
                }
                case INVITE -> {
                    checks.change(leg, request);
                    transaction.respond(transaction
                            .response(200, "OK")
                            .add(SipHeader.CONTACT, leg.contact())
                            .body(Sdp.TYPE, Sdp.of("phone"))
                            .build());
                }
                case UPDATE, INFO, PRACK -> {
                    checks.unwanted(request);
                    transaction.respond(405, "Method Not Allowed");
                }
                case REFER -> {
                    violations.add("DR-30", "REFER to Teams", request.toString(), request.callId());
                    transaction.respond(405, "Method Not Allowed");
                }
                default -> transaction.respond(200, "OK");
            }
        }

        /** A NOTIFY with 200 makes Teams end the old leg; a failure leaves the call where it was. */
        private void outcome(Refer refer, int status) {
            if (status >= 300) {
                refer.state = "failed";
            } else if (status >= 200) {
                refer.state = "done";
                if (!faults.isOn("sbc.no-notify-bye")) {
                    phone.leg.hangUp(Microsoft.hungUp(phone.call));
                }
            }
        }

        @Override
        public void closed(Leg leg) {
            phones.remove(leg.id());
        }

        @Override
        public void ended(Leg leg, SipMessage by) {
            if (by.method() == SipMethod.BYE) {
                checks.inDialog(leg, by);
            }
            Refer refer = phone.refer;
            if (refer != null && !refer.over()) {
                refer.state = "failed";
                violations.add("DR-62", "the old leg was ended before a final NOTIFY", by.toString(), leg.sipCallId());
            }
        }
    }
}
