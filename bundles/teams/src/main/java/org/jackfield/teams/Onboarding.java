package org.jackfield.teams;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jackfield.plugin.AgentDirectory;
import org.jackfield.plugin.Teams;
import org.jspecify.annotations.Nullable;

/**
 * Checks a tenant's consent permission by permission, each by a request that changes nothing, and the agent dictionary
 * against the directory. Nothing blocks; safe for any thread.
 */
final class Onboarding {
    /** Users that are looked up one by one at most. */
    private static final int MOST_LOOKED_UP = 200;

    private final Settings settings;
    private final Timer timer;
    private final AgentDirectory directory;
    private final Tokens tokens;
    private final GraphDesk desk;
    private final PresenceApi api;
    private final PresenceSweep sweep;

    Onboarding(
            Settings settings,
            Timer timer,
            AgentDirectory directory,
            Tokens tokens,
            GraphDesk desk,
            PresenceApi api,
            PresenceSweep sweep) {
        this.settings = settings;
        this.timer = timer;
        this.directory = directory;
        this.tokens = tokens;
        this.desk = desk;
        this.api = api;
        this.sweep = sweep;
    }

    /** What is being found out; guarded by itself. */
    private static final class Findings {
        private final List<Teams.Permission> permissions = new ArrayList<>();
        private final List<String> remarks = new ArrayList<>();
        private final Set<String> unknown = new TreeSet<>();
        private boolean whole;
    }

    /** @return always completes, at the latest after {@code patience} with what is known by then */
    CompletionStage<Teams.Onboarding> run(Duration patience) {
        var findings = new Findings();
        CompletableFuture<Teams.Onboarding> done = new CompletableFuture<>();
        var limit = timer.after(patience, () -> done.complete(report(findings)));
        CompletionStage<Teams.Onboarding> answer = done;
        answer.whenComplete((report, error) -> limit.close());
        tokens.token().whenComplete((token, error) -> {
            if (error != null) {
                remark(
                        findings,
                        "Entra gave no token: " + sentence(error)
                                + "; check directoryId, clientId, the secret or certificate, and whether the application exists");
                GraphUse.permissions(GraphUse.of(settings.mode()))
                        .forEach(each -> found(findings, each, false, "not checked: there is no token"));
                finish(findings, done);
            } else {
                tooMuch(findings, token);
                check(findings, done);
            }
        });
        return answer;
    }

    private void check(Findings findings, CompletableFuture<Teams.Onboarding> done) {
        var dictionary = new DictionaryUsers(directory.agents(settings.id().tenant()));
        dictionary.remarks().forEach(each -> remark(findings, each));
        String user = dictionary.sample();
        if (user == null) {
            remark(findings, "no agent has an Entra user, so the permissions cannot be tried");
            GraphUse.permissions(GraphUse.of(settings.mode()))
                    .forEach(each -> found(findings, each, false, "not checked: no user to try it with"));
            finish(findings, done);
            return;
        }
        List<DictionaryUsers.Entry> all =
                dictionary.users().stream().filter(this::doubtful).toList();
        List<DictionaryUsers.Entry> doubtful = all.subList(0, Math.min(all.size(), MOST_LOOKED_UP));
        if (all.size() > doubtful.size()) {
            remark(
                    findings,
                    "nothing is known of " + all.size() + " users of the agent dictionary; the first " + MOST_LOOKED_UP
                            + " were looked up, run this again when those are mended");
        }
        boolean writes = GraphUse.of(settings.mode()).contains(GraphUse.SET);
        var open = new AtomicInteger(1 + (writes ? 1 : 0) + doubtful.size());
        Runnable over = () -> {
            if (open.decrementAndGet() == 0) {
                finish(findings, done);
            }
        };
        ask("getPresencesByUserId", () -> api.read(List.of(user)), failure -> {
            granted(findings, "Presence.Read.All", failure);
            over.run();
        });
        if (writes) {
            ask("probe", () -> api.probe(user), failure -> {
                granted(findings, "Presence.ReadWrite.All", failure);
                over.run();
            });
        }
        for (DictionaryUsers.Entry each : doubtful) {
            ask("getPresence", () -> api.one(each.key()), failure -> {
                if (failure != null && failure.status() == 404) {
                    unknown(findings, each);
                }
                over.run();
            });
        }
    }

    private <T> void ask(
            String operation,
            Supplier<@Nullable CompletionStage<T>> request,
            java.util.function.Consumer<@Nullable GraphFailure> done) {
        desk.<T>call(Priority.DIRECTORY, operation, request, (answer, failure) -> done.accept(failure));
    }

    private static void granted(Findings findings, String permission, @Nullable GraphFailure failure) {
        if (failure == null || failure.status() == 404) {
            found(findings, permission, true, "works");
        } else if (failure.status() == 403) {
            found(
                    findings,
                    permission,
                    false,
                    "missing: add it to the application as an application permission, then open the consent link as an"
                            + " administrator of the tenant");
        } else {
            found(findings, permission, false, "not checked: " + failure.sentence());
        }
    }

    private static void found(Findings findings, String permission, boolean granted, String sentence) {
        synchronized (findings) {
            findings.permissions.add(new Teams.Permission(permission, granted, sentence));
        }
    }

    private static void remark(Findings findings, String sentence) {
        synchronized (findings) {
            findings.remarks.add(sentence);
        }
    }

    /** Says when the tenant granted more than is used; what Graph takes is not decided by this. */
    private void tooMuch(Findings findings, String token) {
        Set<String> needed = GraphUse.permissions(GraphUse.of(settings.mode()));
        for (String role : roles(token)) {
            if (!needed.contains(role)) {
                remark(findings, role + " is granted and not needed; it can be taken from the application");
            }
        }
    }

    private static List<String> roles(String token) {
        try {
            String payload = token.split("\\.", -1)[1];
            JsonObject claims = JsonParser.parseString(
                            new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))
                    .getAsJsonObject();
            List<String> roles = new ArrayList<>();
            for (JsonElement role : claims.getAsJsonArray("roles")) {
                roles.add(role.getAsString());
            }
            return roles;
        } catch (RuntimeException e) {
            // a token is nobody's business but Graph's: one that cannot be read says nothing
            return List.of();
        }
    }

    private static void unknown(Findings findings, DictionaryUsers.Entry user) {
        synchronized (findings) {
            findings.unknown.add("user " + user.key() + " of " + user.who()
                    + " is not in the directory (expected: a user of this tenant; deleted, or of another tenant?)");
        }
    }

    /** True when no sweep has told anything about the user, whichever way it is written. */
    private boolean doubtful(DictionaryUsers.Entry user) {
        return user.written().stream().map(sweep::reading).allMatch(Onboarding::saysNothing);
    }

    private static boolean saysNothing(@Nullable Reading reading) {
        return reading == null || reading.seen().availability().equalsIgnoreCase("PresenceUnknown");
    }

    private void finish(Findings findings, CompletableFuture<Teams.Onboarding> done) {
        synchronized (findings) {
            findings.whole = true;
        }
        done.complete(report(findings));
    }

    private Teams.Onboarding report(Findings findings) {
        synchronized (findings) {
            List<String> remarks = new ArrayList<>(findings.remarks);
            remarks.addAll(findings.unknown);
            if (!findings.whole) {
                remarks.add("not everything could be checked in time");
            }
            return new Teams.Onboarding(
                    consentLink(),
                    List.copyOf(GraphUse.permissions(GraphUse.of(settings.mode()))),
                    List.copyOf(findings.permissions),
                    remarks);
        }
    }

    private String consentLink() {
        return settings.cloud().login() + "/" + settings.directoryId() + "/v2.0/adminconsent?client_id="
                + settings.clientId() + "&scope=" + settings.cloud().scope();
    }

    private static String sentence(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof GraphFailure failure ? failure.sentence() : String.valueOf(cause.getMessage());
    }
}
