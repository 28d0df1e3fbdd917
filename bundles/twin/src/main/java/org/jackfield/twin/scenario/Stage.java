package org.jackfield.twin.scenario;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipWriter;
import org.jackfield.twin.sbc.Checks;
import org.jackfield.twin.sbc.Violations;
import org.jackfield.twin.sip.Dress;
import org.jackfield.twin.sip.Leg;
import org.jackfield.twin.sip.Sdp;
import org.jackfield.twin.sip.Style;
import org.jackfield.twin.sip.UserAgent;
import org.jspecify.annotations.Nullable;

/**
 * Where one scenario is played: it makes calls from both sides, waits for those that the host makes, and notes what comes
 * of the assertions. For the scenario's thread; all chance comes from one seed.
 */
final class Stage implements AutoCloseable {
    private static final long PATIENCE = 5_000;

    private final Scenario scenario;
    private final Peers peers;
    private final Random random;
    private final int place;
    private final Violations violations;
    private final Checks checks;
    private final List<Result> results = new ArrayList<>();
    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private final List<Runnable> claims = new ArrayList<>();
    private int numbers;

    Stage(Scenario scenario, Peers peers, long seed) {
        this.scenario = scenario;
        this.peers = peers;
        this.place = Integer.parseInt(scenario.id().substring(1));
        this.random = new Random(seed * 100 + place);
        this.violations = new Violations(peers.log());
        this.checks = new Checks(violations, peers.faults());
    }

    /** A call between the ACD and Teams, whoever began it. */
    record Call(Part acd, Part teams) {}

    // what is made up

    UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** The number of a caller whom no other call of the scenarios has. */
    String number() {
        return "+4915%02d%02d%04d".formatted(place, ++numbers, random.nextInt(10_000));
    }

    String dnis() {
        return peers.dnis();
    }

    String hostPort() {
        return peers.sbc().hostPort();
    }

    UserAgent otherAddress() {
        return peers.second();
    }

    private Media media(String who) {
        return new Media(who, 20_000 + random.nextInt(20_000));
    }

    // calls

    /** The ACD calls a Teams user, whose leg has just come; it has not been answered. */
    Call outbound() {
        return outbound(writer -> {});
    }

    Call outbound(Consumer<SipWriter> more) {
        String caller = number();
        Expected leg = expectAtTeams(
                "the host's INVITE to Teams", invite -> invite.fromUser().equals(caller));
        Part acd = acdCalls(caller, more);
        return new Call(acd, leg.get());
    }

    /** The same, answered and acknowledged. */
    Call outboundUp() {
        Call call = outbound();
        call.teams().accept();
        call.acd().accepted();
        call.teams().confirmed();
        return call;
    }

    /** The ACD calls a Teams user. */
    Part acdCalls(String caller, Consumer<SipWriter> more) {
        UserAgent agent = peers.acd().agent();
        Part part = part(agent, "ACD", media("acd"), null);
        String uri = "sip:" + peers.expert() + "@" + peers.acd().hostPort() + ";user=phone";
        Dress dress = new Dress(Style.PLAIN, "<sip:acd@127.0.0.1:" + agent.port() + transport() + ">", "", "", "");
        part.call(events -> agent.call(
                dress,
                uri,
                uri,
                "<sip:" + caller + "@127.0.0.1:" + agent.port() + ";user=phone>",
                peers.acd().trunk(),
                Sdp.TYPE,
                part.media().flowing(),
                more,
                events));
        return part;
    }

    /** A Teams user calls the contact centre, and the ACD's leg has just come; it has not been answered. */
    Call inbound() {
        return inbound(invitation());
    }

    Call inbound(Invitation invitation) {
        Expected leg = expectAtAcd("the host's INVITE to the ACD", invitation.caller());
        Part teams = teamsCalls(invitation);
        return new Call(leg.get(), teams);
    }

    /** The same, answered and acknowledged. */
    Call inboundUp() {
        return up(inbound());
    }

    Call up(Call call) {
        call.acd().accept();
        call.teams().accepted();
        call.acd().confirmed();
        return call;
    }

    /** How Teams writes an INVITE to the contact centre's number (trace of 2020). */
    Invitation invitation() {
        String caller = number();
        return new Invitation(
                caller,
                "sip:" + dnis() + "@" + peers.sbc().hostPort() + ";user=phone;transport=tls",
                "John Doe<sip:" + caller + "@sip.pstnhub.microsoft.com:5061;user=phone>",
                Sdp.TYPE,
                "",
                true,
                writer -> {});
    }

    /** Teams sends this INVITE. */
    Part teamsCalls(Invitation invitation) {
        UserAgent agent = peers.sbc().agent();
        Part part = part(agent, "Teams", media("teams"), checks);
        Dress dress = Dress.microsoft(agent.uri(peers.sbc().trunk().protocol()), uuid(), uuid());
        part.call(events -> agent.call(
                dress,
                invitation.uri(),
                "sip:" + dnis() + "@" + peers.sbc().hostPort() + ";user=phone",
                invitation.from(),
                peers.sbc().trunk(),
                invitation.type(),
                invitation.body().isEmpty()
                        ? part.media().flowing()
                        : invitation.body().replace("{sdp}", part.media().flowing()),
                writer -> {
                    if (invitation.timer()) {
                        writer.add(SipHeader.SESSION_EXPIRES, 3_600)
                                .add(SipHeader.MIN_SE, 300)
                                .add(SipHeader.SUPPORTED, "timer");
                    }
                    invitation.more().accept(writer);
                },
                events));
        return part;
    }

    /** Teams sends an INVITE with Replaces that names a dialog of the host. */
    Part teamsReplaces(String callId, String hostTag, String teamsTag, String more) {
        return teamsCalls(invitation()
                .with(writer -> writer.add(
                        SipHeader.REPLACES, callId + ";to-tag=" + hostTag + ";from-tag=" + teamsTag + more)));
    }

    /** Teams fetches the call whose leg this is. */
    Part teamsReplaces(Part leg, String more) {
        return teamsReplaces(leg.callId(), String.valueOf(leg.invite().fromTag()), leg.tag(), more);
    }

    /** The next INVITE to Teams' side that is like this. */
    Expected expectAtTeams(String what, Predicate<Leg> which) {
        return expect(what, peers.sbc().agent(), "Teams", checks, which);
    }

    private Expected expectAtAcd(String what, String caller) {
        return expect(
                what,
                peers.acd().agent(),
                "ACD",
                null,
                leg -> leg.fromUser().equals(caller)
                        || leg.header(SipHeader.P_ASSERTED_IDENTITY).contains(caller));
    }

    private Expected expect(String what, UserAgent agent, String name, @Nullable Checks judge, Predicate<Leg> which) {
        Part part = part(agent, name, media(name.toLowerCase(java.util.Locale.ROOT)), judge);
        UUID call = uuid();
        UUID tag = uuid();
        CompletableFuture<Part> came = new CompletableFuture<>();
        Runnable back = agent.claim(which, leg -> {
            if (judge != null) {
                leg.dress(Dress.microsoft(agent.uri(peers.sbc().trunk().protocol()), call, tag));
            }
            part.take(leg);
            came.complete(part);
        });
        claims.add(back);
        return new Expected(what, came, back);
    }

    /** A leg that is to come. */
    record Expected(String what, CompletableFuture<Part> came, Runnable back) {
        Part get() {
            try {
                return came.get(PATIENCE, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Missing(what + ": interrupted");
            } catch (ExecutionException | TimeoutException e) {
                throw new Missing(what + " within " + PATIENCE + " ms");
            }
        }

        /** True when it came; nothing like it is expected any more. */
        boolean ended() {
            back.run();
            return came.isDone();
        }
    }

    private Part part(UserAgent agent, String name, Media media, @Nullable Checks judge) {
        Part part = new Part(agent, name, media, uuid(), judge);
        parts.add(part);
        return part;
    }

    private String transport() {
        return peers.sbc().trunk().protocol() == org.jackfield.protocol.sip.Protocol.TCP ? ";transport=tcp" : "";
    }

    // transfers

    /** A Refer-To of Teams: no user part, mixed case. */
    String teamsUser() {
        return "sip:sip.pstnhub.microsoft.com:5061;transport=tls;x-m=8:orgid:" + uuid() + ";x-t="
                + uuid().toString().toUpperCase(java.util.Locale.ROOT);
    }

    /** Teams asks on this leg for a transfer, from its other address. */
    Transfer refer(Part leg, String referTo) {
        String by = "<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:" + uuid() + ";x-t=" + uuid() + ";x-ti=" + uuid()
                + ";x-tt=" + token() + ">";
        Expected triggered = expectAtTeams(
                "the INVITE that the REFER asks for",
                invite -> invite.invite().requestUri().equalsIgnoreCase(referTo)
                        || invite.header(SipHeader.REFERRED_BY).equalsIgnoreCase(by));
        return new Transfer(this, leg, referTo, by, triggered);
    }

    /** An x-tt as Teams writes it: 300 characters of both cases, its equals signs escaped. */
    private String token() {
        byte[] bytes = new byte[218];
        random.nextBytes(bytes);
        return java.util.Base64.getEncoder()
                .encodeToString(bytes)
                .replace("+", "%2B")
                .replace("/", "%2F")
                .replace("=", "%3D");
    }

    /** A REFER in a dialog that the host does not know; its answer. */
    SipMessage referOutside(Part leg) {
        String contact = String.valueOf(leg.invite().first(SipHeader.CONTACT));
        return outside(
                "REFER",
                ";tag=" + uuid(),
                writer -> writer.add(SipHeader.CONTACT, contact).add(SipHeader.REFER_TO, "<" + teamsUser() + ">"));
    }

    /** An OPTIONS of Teams to the host; its answer. */
    SipMessage options() {
        String own = peers.sbc().agent().uri(peers.sbc().trunk().protocol());
        return outside("OPTIONS", "", writer -> writer.add(SipHeader.CONTACT, "<" + own + ">"));
    }

    private SipMessage outside(String method, String toTag, Consumer<SipWriter> more) {
        UserAgent agent = peers.sbc().agent();
        Part.Answer answer = new Part.Answer("Teams: answer to " + method);
        String uri = "sip:" + peers.sbc().hostPort();
        String from = "<sip:sip.pstnhub.microsoft.com:5061>;tag=" + uuid();
        String callId = uuid().toString();
        agent.thread().execute(() -> {
            SipWriter writer = agent.stack()
                    .request(method, uri, peers.sbc().trunk().protocol())
                    .add(SipHeader.MAX_FORWARDS, 70)
                    .add(SipHeader.FROM, from)
                    .add(SipHeader.TO, "<" + uri + ">" + toTag)
                    .add(SipHeader.CALL_ID, callId)
                    .add(SipHeader.CSEQ, "1 " + method);
            more.accept(writer);
            agent.stack().send(Style.CAPITALS.of(writer.build()), peers.sbc().trunk(), answer);
        });
        return answer.get();
    }

    /** Judges the INVITE that a REFER asked for. */
    void judgeTriggered(Part leg, Transfer transfer) {
        leg.judge(each -> checks.triggered(
                each, transfer.referTo(), transfer.referredBy(), transfer.leg().callId()));
    }

    /** Judges an INVITE of the host as Teams does. */
    void judgeInvite(Part leg, boolean referred) {
        leg.judge(each -> checks.invite(each, referred));
    }

    // what comes of it

    /** Notes whether an assertion holds. */
    void that(String assertion, boolean holds, String observed, String expected) {
        results.add(new Result(
                scenario.id(),
                assertion,
                holds ? Result.Verdict.PASS : Result.Verdict.FAIL,
                holds ? observed : observed + " (expected: " + expected + ")"));
    }

    /** Notes that no message of the host has broken this rule so far; otherwise the violation is told by {@link #judged}. */
    void clean(String assertion, String observed) {
        if (violations.list().stream().noneMatch(each -> each.rule().equals(assertion))) {
            that(assertion, true, observed, "");
        }
    }

    /** Plays the scenario; everything that it noted, and what it did not get to. */
    List<Result> play() {
        try {
            scenario.play(this);
        } catch (Missing e) {
            unreached("missing: " + e.getMessage());
        } catch (RuntimeException e) {
            unreached("the scenario broke off: " + e);
        }
        return judged();
    }

    private void unreached(String why) {
        Set<String> decided = new LinkedHashSet<>();
        results.forEach(result -> decided.add(result.assertion()));
        List<String> open = scenario.assertions().stream()
                .filter(id -> !decided.contains(id))
                .toList();
        (open.isEmpty() ? List.of(scenario.assertions().get(0)) : open)
                .forEach(id -> results.add(new Result(scenario.id(), id, Result.Verdict.FAIL, why)));
    }

    private List<Result> judged() {
        violations
                .list()
                .forEach(each -> results.add(new Result(
                        scenario.id(), each.rule(), Result.Verdict.FAIL, each.what() + "; " + each.message())));
        List<Result> all = new ArrayList<>(results);
        for (String id : scenario.assertions()) {
            if (all.stream().noneMatch(result -> result.assertion().equals(id))) {
                all.add(new Result(scenario.id(), id, Result.Verdict.FAIL, "not looked at"));
            }
        }
        scenario.later().forEach((id, why) -> all.add(new Result(scenario.id(), id, Result.Verdict.LATER, why)));
        return all;
    }

    @Override
    public void close() {
        claims.forEach(Runnable::run);
        parts.forEach(Part::drop);
    }
}
