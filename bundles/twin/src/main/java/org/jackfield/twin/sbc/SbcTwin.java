package org.jackfield.twin.sbc;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.Style;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * The SBC: places calls from the carrier, answers for every number, transfers as Teams does, and judges the host.
 * Public methods are for any thread; what happens on SIP happens on the user agent's thread.
 */
public final class SbcTwin implements AutoCloseable {
    private static final String SIDE = "sbc";
    private static final String ALLOW = "INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY";
    private static final long ACK_MS = 4_000;
    private static final int KEEP = 20_000;

    private final TwinLog log;
    private final Faults faults;
    private final Hop trunk;
    private final long ringMs;
    private final UserAgent agent;
    private final Violations violations;
    private final Checks checks;
    private final AtomicLong lastCall = new AtomicLong();
    private final AtomicLong lastRefer = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Map<String, CarrierCall> calls = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<String> order = new ConcurrentLinkedDeque<>();
    private final Map<String, Phone> phones = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> numbers = new ConcurrentHashMap<>();
    private final Map<String, Refer> refers = new ConcurrentHashMap<>();
    private volatile Map<String, Object> lastOptions = Map.of();
    /** The host answered the OPTIONS before; what it missed while it started is not held against it. */
    private volatile boolean hostUp;

    public SbcTwin(int port, Hop trunk, long ringMs, long optionsSeconds, Faults faults, TwinLog log)
            throws IOException {
        this.log = log;
        this.faults = faults;
        this.trunk = trunk;
        this.ringMs = ringMs;
        this.violations = new Violations(log);
        this.checks = new Checks(violations);
        this.agent = new UserAgent(SIDE, port, ALLOW, new Owner(), log);
        if (optionsSeconds > 0) {
            keepPinging(optionsSeconds);
        }
    }

    public int port() {
        return agent.port();
    }

    public Violations violations() {
        return violations;
    }

    /** Places a call; its id. */
    public String place(String from, String to, long talkMs, String hangup) {
        return place(from, to, talkMs, hangup, "");
    }

    /**
     * Places a call; its id.
     *
     * @param talkMs milliseconds until somebody hangs up, 0 for never
     * @param hangup who hangs up then: {@code caller}, {@code agent} or {@code none}
     * @param uui the whole value of User-to-User, empty for none
     */
    public String place(String from, String to, long talkMs, String hangup, String uui) {
        if (!List.of("caller", "agent", "none").contains(hangup)) {
            throw new IllegalArgumentException("hangup: " + hangup + " (expected: caller, agent or none)");
        }
        CarrierCall call = new CarrierCall("call-" + lastCall.incrementAndGet(), from, to, talkMs, hangup);
        calls.put(call.id, call);
        order.add(call.id);
        trim();
        agent.thread().execute(() -> invite(call, uui));
        return call.id;
    }

    public Optional<Map<String, Object>> call(String id) {
        CarrierCall call = calls.get(id);
        if (call == null) {
            return Optional.ofNullable(phones.get(id)).map(Phone::view);
        }
        Map<String, Object> view = call.view();
        phoneOf(call).ifPresent(phone -> view.put("agentLeg", phone.view()));
        return Optional.of(view);
    }

    /** Ends a call from the carrier's side, or a leg by its phone. */
    public void hangUp(String id) {
        CarrierCall call = calls.get(id);
        Phone phone = phones.get(id);
        if (call == null && phone == null) {
            throw new IllegalArgumentException("call: " + id + " is unknown");
        }
        agent.thread().execute(() -> {
            Leg leg = call == null ? phone == null ? null : phone.leg : call.leg;
            if (leg != null) {
                leg.hangUp();
            }
            if (call != null) {
                over(call, "ended", call.status);
            }
        });
    }

    /**
     * Sends a REFER on the agent's leg of a call, as Teams does.
     *
     * @param id of a carrier's call or of a phone's leg
     * @param referTo the whole header value; empty for a Teams user without a user part
     * @param referredBy the whole header value; empty for one with a long, escaped x-tt
     * @param outcome what the new party answers with
     */
    public String refer(String id, String referTo, String referredBy, int outcome) {
        CarrierCall call = calls.get(id);
        Phone phone = call == null ? phones.get(id) : phoneOf(call).orElse(null);
        if (phone == null || !phone.up()) {
            throw new IllegalStateException("call: " + id + " has no agent leg that is up");
        }
        Refer refer = new Refer(
                "refer-" + lastRefer.incrementAndGet(),
                phone.leg,
                referTo.isEmpty() ? usualReferTo() : bracketed(referTo),
                referredBy.isEmpty() ? usualReferredBy() : bracketed(referredBy),
                outcome,
                violations);
        refers.put(refer.id, refer);
        phone.refer = refer;
        agent.thread()
                .execute(() -> phone.leg.send(
                        "REFER",
                        writer -> writer.add(SipHeader.REFER_TO, refer.referTo)
                                .add(SipHeader.REFERRED_BY, refer.referredBy),
                        refer));
        return refer.id;
    }

    public Optional<Map<String, Object>> referState(String id) {
        return Optional.ofNullable(refers.get(id)).map(Refer::view);
    }

    /** Says how the phone of a number behaves from now on. */
    public void behave(String number, int status, long ring, long talkMs) {
        numbers.put(number, new Behaviour(status, ring < 0 ? ringMs : ring, talkMs));
    }

    /** Sends an OPTIONS to the host now. */
    public void ping() {
        agent.thread().execute(this::sendOptions);
    }

    private void sendOptions() {
        long start = System.nanoTime();
        agent.options("sip:" + hostPort(), trunk, new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                long ms = (System.nanoTime() - start) / 1_000_000;
                lastOptions = Map.of("status", response.status(), "ms", ms);
                String allow = String.join(",", response.all(SipHeader.ALLOW));
                boolean wasUp = hostUp;
                hostUp = response.status() == 200;
                if (wasUp && hostUp && (ms > 500 || !allow.contains("REFER") || !allow.contains("NOTIFY"))) {
                    violations.add(
                            "DR-17", "OPTIONS answered after " + ms + " ms, Allow " + allow, response.toString(), "");
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                hostUp = false;
                lastOptions = Map.of("status", failure == Failure.TIMEOUT ? 408 : 503);
            }
        });
    }

    public Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("placed", lastCall.get());
        state.put("ended", ended.get());
        state.put("failed", failed.get());
        state.put(
                "up", calls.values().stream().filter(c -> c.state.equals("up")).count());
        state.put("dialogs", agent.dialogs());
        state.put("violations", violations.count());
        state.put("options", lastOptions);
        state.put(
                "phones",
                phones.values().stream()
                        .filter(phone -> phone.leg.phase() != Leg.Phase.ENDED)
                        .map(Phone::view)
                        .toList());
        state.put("refers", refers.values().stream().map(Refer::view).toList());
        return state;
    }

    @Override
    public void close() {
        agent.close();
    }

    private void invite(CarrierCall call, String uui) {
        Leg leg = agent.call(
                "sip:" + call.to + "@" + hostPort() + ";user=phone",
                "sip:" + call.from + "@127.0.0.1:" + agent.port() + ";user=phone",
                call.from,
                trunk,
                Sdp.of("carrier"),
                writer -> {
                    writer.add("X-MS-SBC", "Jackfield/Twin/1.0");
                    if (!uui.isEmpty()) {
                        writer.add(SipHeader.USER_TO_USER, uui);
                    }
                },
                new CarrierEvents(call));
        call.leg = leg;
    }

    private String hostPort() {
        return trunk.address().getHostString() + ":" + trunk.address().getPort();
    }

    private Optional<Phone> phoneOf(CarrierCall call) {
        return phones.values().stream()
                .filter(phone -> phone.leg.fromUser().equals(call.from) && phone.up())
                .reduce((first, second) -> younger(first, second));
    }

    private static Phone younger(Phone first, Phone second) {
        return number(first.leg.id()) > number(second.leg.id()) ? first : second;
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }

    private void over(CarrierCall call, String state, int status) {
        if (!call.over()) {
            call.endMs = call.elapsed();
            call.status = status;
            call.state = state;
            (state.equals("failed") ? failed : ended).incrementAndGet();
        }
    }

    private void keepPinging(long seconds) {
        later(TimeUnit.SECONDS.toMillis(seconds), () -> {
            ping();
            keepPinging(seconds);
        });
    }

    private void trim() {
        while (calls.size() > KEEP) {
            String oldest = order.poll();
            if (oldest == null) {
                return;
            }
            calls.remove(oldest);
        }
    }

    private void later(long millis, Runnable task) {
        var scheduled = agent.thread().schedule(task, millis, TimeUnit.MILLISECONDS);
        if (scheduled.isCancelled()) {
            log.note(SIDE, "timer refused");
        }
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

    /** What becomes of a call from the carrier. */
    private final class CarrierEvents implements Leg.Events {
        private final CarrierCall call;

        CarrierEvents(CarrierCall call) {
            this.call = call;
        }

        @Override
        public void progress(Leg leg, SipMessage response) {
            if (call.ringMs < 0 && response.status() == 180) {
                call.ringMs = call.elapsed();
            }
            if (!call.over()) {
                call.state = "ringing";
                call.status = response.status();
            }
        }

        @Override
        public void answered(Leg leg, SipMessage response) {
            call.answerMs = call.elapsed();
            call.status = response.status();
            call.state = "up";
            if (call.talkMs > 0 && call.hangup.equals("caller")) {
                later(call.talkMs, () -> {
                    leg.hangUp();
                    over(call, "ended", 200);
                });
            } else if (call.talkMs > 0 && call.hangup.equals("agent")) {
                later(call.talkMs, () -> phoneOf(call).ifPresent(phone -> phone.leg.hangUp()));
            }
        }

        @Override
        public void refused(Leg leg, int status, @Nullable SipMessage response) {
            over(call, "failed", status);
        }

        @Override
        public void ended(Leg leg, SipMessage by) {
            over(call, "ended", call.status);
        }
    }

    /** Takes the host's calls. */
    private final class Owner implements UserAgent.Owner {
        @Override
        public boolean deaf(SipMessage request) {
            return faults.isOn("sbc.mute");
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
            dress(leg);
            Phone phone = new Phone(leg);
            phones.put(leg.id(), phone);
            leg.listen(new PhoneEvents(phone));
            Behaviour behaviour = numbers.getOrDefault(phone.number, new Behaviour(200, ringMs, 0));
            if (refer != null) {
                refer.invited = true;
                refer.triggered = leg;
                checks.triggered(leg, refer.target(), refer.referredBy, refer.old.sipCallId());
                behaviour = new Behaviour(refer.outcome, ringMs, 0);
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
                later(ACK_MS, () -> {
                    if (phone.up() && !phone.acked) {
                        violations.add("DR-25", "no ACK in 4 s", leg.invite().toString(), leg.sipCallId());
                        leg.hangUp();
                    }
                });
                if (behaviour.talkMs() > 0) {
                    later(behaviour.talkMs(), leg::hangUp);
                }
            });
        }

        private void dress(Leg leg) {
            UUID call = UUID.randomUUID();
            leg.dress(
                    Style.CAPITALS,
                    "<sip:127.0.0.1:443;x-i=" + call + ";x-c=" + Long.toHexString(call.getLeastSignificantBits())
                            + "/d/8/" + Long.toHexString(call.getMostSignificantBits()) + ">",
                    "<" + agent.uri(trunk.protocol()) + ";lr>");
        }

        private static void reason(org.jackfield.protocol.sip.SipWriter writer, int status) {
            int cause = switch (status) {
                case 486, 600 -> 17;
                case 404, 604 -> 1;
                case 480, 408 -> 18;
                case 603, 403 -> 21;
                default -> 31;
            };
            writer.add(SipHeader.REASON, "Q.850;cause=" + cause + ";text=\"" + UUID.randomUUID() + ";twin\"");
        }
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
                case INVITE ->
                    transaction.respond(transaction
                            .response(200, "OK")
                            .add(SipHeader.CONTACT, leg.contact())
                            .body(Sdp.TYPE, Sdp.of("phone"))
                            .build());
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
                    phone.leg.hangUp();
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
