package org.jackfield.twin.sbc;

import java.io.IOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.twin.Faults;
import org.jackfield.twin.TwinLog;
import org.jackfield.twin.sip.Dress;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * The SBC: places calls from the carrier, answers for every number, transfers as Teams does, and judges the host.
 * Public methods are for any thread; what happens on SIP happens on the user agent's thread.
 */
public final class SbcTwin implements AutoCloseable {
    private static final String SIDE = "sbc";
    private static final int KEEP = 20_000;

    private final TwinLog log;
    private final Hop trunk;
    private final UserAgent agent;
    private final @Nullable UserAgent second;
    private final TrunkWatch watch;
    private final Violations violations;
    private final AtomicLong lastCall = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Map<String, CarrierCall> calls = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<String> order = new ConcurrentLinkedDeque<>();
    private final Phones phones;
    private final Ping ping;

    public SbcTwin(int port, Hop trunk, long ringMs, long optionsSeconds, Faults faults, TwinLog log)
            throws IOException {
        this(port, trunk, ringMs, optionsSeconds, List.of(), Clock.systemUTC(), faults, log);
    }

    /**
     * Opens it.
     *
     * @param known how numbers that exist behind it begin, empty for all
     * @param clock by which the trunk's OPTIONS age
     */
    public SbcTwin(
            int port,
            Hop trunk,
            long ringMs,
            long optionsSeconds,
            List<String> known,
            InstantSource clock,
            Faults faults,
            TwinLog log)
            throws IOException {
        this.log = log;
        this.trunk = trunk;
        this.violations = new Violations(log);
        this.watch = new TrunkWatch(clock);
        this.phones = new Phones(faults, violations, trunk.protocol(), ringMs, known, watch);
        this.agent = new UserAgent(SIDE, port, Microsoft.ALLOW, phones, log);
        this.second = second(phones, log);
        agent.names(trunk);
        phones.attach(agent, second);
        this.ping = new Ping(agent, trunk, violations);
        if (optionsSeconds > 0) {
            ping.keep(optionsSeconds);
        }
    }

    /** Microsoft sends from more than one address; where loopback has but one, everything comes from that. */
    private static @Nullable UserAgent second(Phones phones, TwinLog log) {
        try {
            return new UserAgent(SIDE, "127.0.0.2", 0, Microsoft.ALLOW, phones, log);
        } catch (IOException e) {
            log.note(SIDE, "one address only", "why", e.getMessage());
            return null;
        }
    }

    /** What speaks SIP here, for scenarios. */
    public UserAgent userAgent() {
        return agent;
    }

    /** The proxy's other address, or the only one. */
    public UserAgent otherAddress() {
        return second == null ? agent : second;
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
            return Optional.ofNullable(phones.phone(id)).map(Phone::view);
        }
        Map<String, Object> view = call.view();
        phones.from(call.from).ifPresent(phone -> view.put("agentLeg", phone.view()));
        return Optional.of(view);
    }

    /** Ends a call from the carrier's side, or a leg by its phone. */
    public void hangUp(String id) {
        CarrierCall call = calls.get(id);
        Phone phone = phones.phone(id);
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
        Phone phone = call == null ? phones.phone(id) : phones.from(call.from).orElse(null);
        if (phone == null || !phone.up()) {
            throw new IllegalStateException("call: " + id + " has no agent leg that is up");
        }
        return phones.refer(phone, referTo, referredBy, outcome);
    }

    /**
     * Sends an INVITE with Replaces for the agent's leg of a call, as Teams does when it fetches a call back; its id as a
     * call of the carrier.
     */
    public String replace(String id, String more) {
        CarrierCall call = calls.get(id);
        Phone phone = call == null ? phones.phone(id) : phones.from(call.from).orElse(null);
        if (phone == null) {
            throw new IllegalStateException("call: " + id + " has no agent leg");
        }
        CarrierCall fetched =
                new CarrierCall("call-" + lastCall.incrementAndGet(), phone.number, phone.leg.fromUser(), 0, "none");
        calls.put(fetched.id, fetched);
        order.add(fetched.id);
        String value = phone.leg.sipCallId() + ";to-tag=" + phone.leg.invite().fromTag() + ";from-tag="
                + phone.leg.tag() + more;
        agent.thread()
                .execute(() -> fetched.leg = agent.call(
                        Dress.microsoft(agent.uri(trunk.protocol()), UUID.randomUUID(), UUID.randomUUID()),
                        "sip:" + fetched.to + "@" + hostPort() + ";user=phone",
                        "sip:" + fetched.to + "@" + hostPort() + ";user=phone",
                        "<sip:" + fetched.from + "@sip.pstnhub.microsoft.com:5061;user=phone>",
                        trunk,
                        Sdp.TYPE,
                        Sdp.of("teams"),
                        writer -> writer.add(SipHeader.REPLACES, value)
                                .add(SipHeader.SESSION_EXPIRES, 3_600)
                                .add(SipHeader.MIN_SE, 300)
                                .add(SipHeader.SUPPORTED, "timer"),
                        new CarrierEvents(fetched)));
        return fetched.id;
    }

    public Optional<Map<String, Object>> referState(String id) {
        return phones.referState(id);
    }

    /** Says how the phone of a number behaves from now on. */
    public void behave(String number, int status, long ring, long talkMs) {
        phones.behave(number, status, ring, talkMs);
    }

    /** Sends an OPTIONS to the host now. */
    public void ping() {
        agent.thread().execute(ping::send);
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
        state.put("options", ping.last());
        state.put("trunk", watch.view());
        state.put("phones", phones.view());
        state.put("refers", phones.refers());
        return state;
    }

    @Override
    public void close() {
        agent.close();
        if (second != null) {
            second.close();
        }
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

    private void over(CarrierCall call, String state, int status) {
        if (!call.over()) {
            call.endMs = call.elapsed();
            call.status = status;
            call.state = state;
            (state.equals("failed") ? failed : ended).incrementAndGet();
        }
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
                later(call.talkMs, () -> phones.from(call.from).ifPresent(phone -> phone.leg.hangUp()));
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
}
