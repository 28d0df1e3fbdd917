package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.CallEvents.TransferStep;
import org.jackfield.plugin.Trunk.InviteAnswer;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.ua.Call;
import org.jackfield.protocol.sip.ua.CallListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The trunk restarts under 200 calls. What each class of them must come to:
 *
 * <ul>
 *   <li>160 established: go on, and end with a normal BYE from either side; one call on the bus, one INVITE at the ACD.
 *   <li>10 on hold: go on held, resume, and end with a normal BYE.
 *   <li>20 ringing: 503 to the caller, CANCEL to who rang, one {@code call.failed}.
 *   <li>10 in a REFER: one outcome each, {@code failed} with 503, told by one final NOTIFY; the call itself goes on and
 *       ends with a normal BYE.
 * </ul>
 */
class RestartOfManyTest {
    private static final int ESTABLISHED = 160;
    private static final int HELD = 10;
    private static final int RINGING = 20;
    private static final int REFERRED = 10;
    private static final Duration LONG = Duration.ofSeconds(30);

    /** One caller: what it heard. */
    private static final class Party implements CallListener {
        final List<String> heard = new CopyOnWriteArrayList<>();
        Call call;
        String number = "";

        @Override
        public void onAnswered(Call answered, SipMessage response) {
            heard.add("answered");
        }

        @Override
        public void onRejected(Call rejected, int status, @Nullable SipMessage response) {
            heard.add("rejected " + status);
        }

        @Override
        public void onProgress(Call ringing, SipMessage response) {
            heard.add(String.valueOf(response.status()));
        }

        @Override
        public void onEnded(Call ended, @Nullable SipMessage bye) {
            heard.add(bye == null ? "hung up" : "BYE");
        }

        @Override
        public void onRequest(Call within, ServerTransaction transaction) {
            if ("NOTIFY".equals(transaction.request().methodText())) {
                heard.add("NOTIFY " + transaction.request().bodyText().trim() + " | "
                        + transaction.request().first(SipHeader.SUBSCRIPTION_STATE));
            }
            CallListener.super.onRequest(within, transaction);
        }
    }

    private final Map<String, Party> atAcd = new ConcurrentHashMap<>();
    private final Set<String> invites = ConcurrentHashMap.newKeySet();
    private final AtomicInteger doubled = new AtomicInteger();

    private Party party(Rig rig, int n, String pilot) {
        Party party = new Party();
        party.number = "+4930" + (100_000 + n);
        party.call = rig.sbc.agent.call(
                "sip:" + party.number + "@sip.pstnhub.microsoft.com",
                "sip:" + pilot + "@host.example",
                rig.toTrunk(),
                Rig.OFFER,
                w -> {},
                party);
        return party;
    }

    private static String number(SipMessage invite) {
        String from = String.valueOf(invite.first(SipHeader.FROM));
        return from.substring(from.indexOf("sip:") + 4, from.indexOf('@'));
    }

    private static void all(List<Party> parties, String wanted) {
        await().atMost(LONG).until(() -> parties.stream().allMatch(p -> p.heard.contains(wanted)));
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void eachOfTwoHundredCallsComesToItsExpectedEnd(Protocol protocol) throws Exception {
        List<Integer> changed = new CopyOnWriteArrayList<>();
        ResponseHandler noting = new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() >= 200) {
                    changed.add(response.status());
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                changed.add(0);
            }
        };
        try (Rig rig = new Rig(protocol, Map.of("transferTakeMs", 30_000, "offerTimeoutMs", 5_000))) {
            rig.decide(q -> new InviteAnswer.ToAcd(String.valueOf(q.toUser()), "pilot"));
            rig.acd.onCall = call -> {
                String from = number(call.remote());
                if (!invites.add(from)) {
                    doubled.incrementAndGet();
                }
                Party agent = new Party();
                agent.call = call;
                call.listen(agent);
                atAcd.put(from, agent);
                call.ring(180, "Ringing", "");
                if (!call.remote().requestUri().contains("699")) {
                    call.answer(Rig.ANSWER);
                }
            };
            List<Party> established = new ArrayList<>();
            List<Party> held = new ArrayList<>();
            List<Party> ringing = new ArrayList<>();
            List<Party> referred = new ArrayList<>();
            int n = 0;
            for (int i = 0; i < ESTABLISHED; i++) {
                established.add(party(rig, n++, "600"));
            }
            for (int i = 0; i < HELD; i++) {
                held.add(party(rig, n++, "600"));
            }
            for (int i = 0; i < REFERRED; i++) {
                referred.add(party(rig, n++, "600"));
            }
            for (int i = 0; i < RINGING; i++) {
                ringing.add(party(rig, n++, "699"));
            }
            all(established, "answered");
            all(held, "answered");
            all(referred, "answered");
            all(ringing, "180");
            held.forEach(p ->
                    p.call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER + "a=inactive\r\n"), noting));
            await().atMost(LONG).until(() -> changed.size() == HELD);
            referred.forEach(p ->
                    p.call.request("REFER", w -> w.add("Refer-To", "<" + TransferTest.TARGET + ">"), noting));
            await().atMost(LONG)
                    .until(() -> changed.stream().filter(c -> c == 202).count() == REFERRED);
            await().atMost(LONG).until(() -> rig.dialogs() == ESTABLISHED + HELD + REFERRED);

            int port = rig.trunk.port();
            rig.trunk.close();
            rig.trunk = rig.start(port);

            await().atMost(LONG).until(() -> rig.trunk.calls() == ESTABLISHED + HELD + REFERRED);
            all(ringing, "rejected 503");
            all(referred, "NOTIFY SIP/2.0 503 Service Unavailable | terminated;reason=noresource");
            held.forEach(p -> p.call.request("INVITE", w -> w.body("application/sdp", Rig.OFFER), noting));
            await().atMost(LONG)
                    .until(() -> changed.stream().filter(c -> c == 200).count() == 2 * HELD);
            assertThat(changed).containsOnly(200, 202);

            List<Party> up = new ArrayList<>(established);
            up.addAll(held);
            up.addAll(referred);
            for (int i = 0; i < up.size(); i++) { // half of them from the ACD's side
                (i % 2 == 0 ? up.get(i) : agentOf(up.get(i))).call.hangup();
            }
            List<Party> first = new ArrayList<>();
            List<Party> second = new ArrayList<>();
            for (int i = 0; i < up.size(); i++) {
                first.add(i % 2 == 0 ? up.get(i) : agentOf(up.get(i)));
                second.add(i % 2 == 0 ? agentOf(up.get(i)) : up.get(i));
            }
            all(first, "hung up");
            all(second, "BYE");
            await().atMost(LONG).until(() -> rig.trunk.calls() == 0 && rig.dialogs() == 0);

            assertThat(doubled).as("INVITEs that the ACD saw twice").hasValue(0);
            assertThat(invites).hasSize(ESTABLISHED + HELD + REFERRED + RINGING);
            List<CallEvents.Call> events = rig.bus.data(CallEvents.Call.class);
            assertThat(calls(events, Kind.OFFERED)).hasSize(200);
            assertThat(calls(events, Kind.ESTABLISHED)).hasSize(ESTABLISHED + HELD + REFERRED);
            assertThat(calls(events, Kind.CLEARED)).isEqualTo(calls(events, Kind.ESTABLISHED));
            assertThat(calls(events, Kind.FAILED)).hasSize(RINGING);
            assertThat(events.stream().filter(e -> e.kind() == Kind.CLEARED)).hasSize(ESTABLISHED + HELD + REFERRED);
            List<CallEvents.Transfer> outcomes = rig.transfers().stream()
                    .filter(t -> t.step() == TransferStep.COMPLETED || t.step() == TransferStep.FAILED)
                    .toList();
            assertThat(outcomes).hasSize(REFERRED).allMatch(t -> t.step() == TransferStep.FAILED && t.status() == 503);
            assertThat(outcomes.stream().map(CallEvents.Transfer::transfer)).doesNotHaveDuplicates();
            for (Party party : referred) {
                assertThat(party.heard.stream().filter(h -> h.contains("terminated")))
                        .hasSize(1);
            }
        }
    }

    private Party agentOf(Party caller) {
        return atAcd.get(caller.number);
    }

    private static Set<String> calls(List<CallEvents.Call> events, Kind kind) {
        Set<String> found = new HashSet<>();
        events.stream().filter(e -> e.kind() == kind).forEach(e -> found.add(e.call()));
        return found;
    }
}
