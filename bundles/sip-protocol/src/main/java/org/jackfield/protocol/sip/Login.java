package org.jackfield.protocol.sip;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who this side is at one peer (RFC 3261 section 22, RFC 8760): answers the peer's challenges, and uses a nonce again
 * with a rising count, so that the next request needs no second round. For the stack's thread only. What it hears is
 * told at once and must not block; the password shows nowhere.
 */
public final class Login {
    /** What became of a challenge. */
    public enum Outcome {
        /** The request goes again with credentials. */
        ANSWERED,
        /** The peer took credentials that were new to it. */
        ACCEPTED,
        /** The peer did not take them: the user or the password is wrong there. */
        REFUSED,
        /** There is no user to answer with. */
        NO_ACCOUNT,
        /** No challenge was Digest with MD5 or SHA-256 and without qop or with auth. */
        NOT_UNDERSTOOD
    }

    /** Hears of challenges. */
    public interface Watcher {
        /** @param realm as the peer wrote it, empty when it named none */
        void onChallenge(Outcome outcome, String realm);
    }

    /** How many challenges one request may answer: a few proxies, or nonces that were stale. */
    private static final int MOST_ANSWERS = 4;

    private static final int MOST_REALMS = 8;

    private final @Nullable String user;
    private final String password;
    private final Watcher watcher;
    /** By the header that answers and the realm, for as long as the peer takes it. */
    private final Map<String, Held> held = new LinkedHashMap<>(4);

    private boolean accepted;

    private static final class Held {
        private final SipHeader header;
        private final Digest.Challenge challenge;
        private int count;

        Held(SipHeader header, Digest.Challenge challenge) {
            this.header = header;
            this.challenge = challenge;
        }
    }

    private Login(@Nullable String user, String password, Watcher watcher) {
        this.user = user;
        this.password = password;
        this.watcher = watcher;
    }

    public static Login of(String user, String password, Watcher watcher) {
        return new Login(user, password, watcher);
    }

    /** For a peer at which there is no user: its challenges are told, and stay refusals. */
    public static Login none(Watcher watcher) {
        return new Login(null, "", watcher);
    }

    /** True when the peer has asked before, so that a request had better bring credentials. */
    boolean ready() {
        return !held.isEmpty();
    }

    /** Adds the credentials for everybody who asked so far. */
    void add(SipWriter writer, String method, String uri) {
        String name = user;
        if (name == null) {
            return;
        }
        for (Held one : held.values()) {
            one.count++;
            writer.add(one.header, one.challenge.answer(name, password, method, uri, one.count));
        }
    }

    /**
     * Takes the challenges of a 401 or 407.
     *
     * @param answered what this request has answered already, to which what it answers now is added
     * @return true when the request can go again with other credentials
     */
    boolean takes(SipMessage response, List<String> answered) {
        SipHeader header = response.status() == 407 ? SipHeader.PROXY_AUTHORIZATION : SipHeader.AUTHORIZATION;
        List<Digest.Challenge> asked = Digest.Challenge.all(response);
        String realm = asked.isEmpty() ? "" : asked.get(0).realm();
        if (user == null || asked.isEmpty()) {
            watcher.onChallenge(user == null ? Outcome.NO_ACCOUNT : Outcome.NOT_UNDERSTOOD, realm);
            return false;
        }
        for (Digest.Challenge challenge : asked) {
            String key = header.text() + ' ' + challenge.realm();
            boolean again = answered.contains(key);
            if ((again && !challenge.stale()) || answered.size() >= MOST_ANSWERS) {
                held.remove(key);
                accepted = false;
                watcher.onChallenge(Outcome.REFUSED, challenge.realm());
                return false;
            }
            answered.add(key);
            if (held.size() >= MOST_REALMS) {
                held.clear();
            }
            held.put(key, new Held(header, challenge));
        }
        watcher.onChallenge(Outcome.ANSWERED, realm);
        return true;
    }

    /** A request with credentials was answered 2xx. */
    void accepted() {
        if (!accepted && !held.isEmpty()) {
            accepted = true;
            watcher.onChallenge(
                    Outcome.ACCEPTED, held.values().iterator().next().challenge.realm());
        }
    }
}
