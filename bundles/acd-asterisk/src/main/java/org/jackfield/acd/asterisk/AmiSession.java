package org.jackfield.acd.asterisk;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jackfield.plugin.CommandException;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with the manager: log-in by challenge, actions matched to their answers by ActionID, lists collected,
 * a ping while nothing is heard. Used on the lane only; answers arrive on the lane, each exactly once.
 */
final class AmiSession {
    private static final int MISSED = 2;

    private final Settings settings;
    private final Lane lane;
    private final Meters meters;
    private final Listener listener;
    private final AmiSocket socket;
    private final Map<String, Pending> open = new HashMap<>();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private final double most;
    private double tokens;
    private long refilled = System.nanoTime();
    private boolean waking;
    private boolean over;
    private boolean greeted;
    private boolean heard;
    private int missed;
    private long ids;

    /** What happens in it, on the lane. */
    interface Listener {
        /** Logged in; {@code version} is the protocol's. */
        void opened(AmiSession session, String version);

        void event(AmiMessage event);

        /** It is over; {@code fault} when its bytes or its log-in were at fault. */
        void closed(AmiSession session, String reason, String sentence, boolean fault);
    }

    private record Pending(
            String action,
            @Nullable Consumer<AmiMessage> each,
            BiConsumer<@Nullable AmiMessage, @Nullable CommandException> then,
            Runnable cancel) {}

    AmiSession(Settings settings, Lane lane, Meters meters, Listener listener) {
        this.settings = settings;
        this.lane = lane;
        this.meters = meters;
        this.listener = listener;
        this.most = Math.max(1, settings.requestsPerSecond() / 10.0);
        this.tokens = most;
        String name = "ami-" + settings.id().tenant() + "-" + settings.id().name();
        this.socket = AmiSocket.connect(
                settings.host(), settings.port(), settings.requestTimeout(), name, new AmiSocket.Ear() {
                    @Override
                    public void greeted(String version) {
                        lane.execute(() -> login(version));
                    }

                    @Override
                    public void message(AmiMessage message) {
                        lane.execute(() -> take(message));
                    }

                    @Override
                    public void refused(String reason) {
                        meters.refused(reason);
                    }

                    @Override
                    public void closed(String reason, String sentence, boolean fault) {
                        lane.execute(() -> ended(reason, sentence, fault));
                    }
                });
        lane.after(settings.requestTimeout().plus(settings.requestTimeout()), () -> {
            if (!greeted) {
                socket.close("greeting", "no greeting in time");
            }
        });
    }

    private void login(String version) {
        greeted = true;
        heard = true;
        request(new AmiAction("Challenge").with("AuthType", "MD5"), settings.requestTimeout(), (answer, failure) -> {
            String challenge = answer == null ? null : answer.get("Challenge");
            if (challenge == null) {
                refusedLogin(failure == null ? "no challenge" : String.valueOf(failure.getMessage()));
                return;
            }
            var login = new AmiAction("Login")
                    .with("AuthType", "MD5")
                    .with("Username", settings.user())
                    .with("Key", md5(challenge + settings.secret().value()))
                    .with("Events", "system,call,agent,agi,user");
            request(login, settings.requestTimeout(), (done, refused) -> {
                if (done == null) {
                    refusedLogin(refused == null ? "no answer" : String.valueOf(refused.getMessage()));
                    return;
                }
                lane.after(settings.ping(), this::ping);
                listener.opened(this, version);
            });
        });
    }

    private void refusedLogin(String why) {
        socket.close("login", "log-in refused: " + why);
    }

    /** The challenge is answered with MD5 because the protocol knows nothing better; the secret itself is not sent. */
    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void ping() {
        if (over) {
            return;
        }
        if (heard) {
            heard = false;
            missed = 0;
        } else if (++missed >= MISSED) {
            socket.close("heartbeat", "nothing heard for " + settings.ping().multipliedBy(MISSED));
            return;
        }
        request(new AmiAction("Ping"), settings.requestTimeout(), (answer, failure) -> {});
        lane.after(settings.ping(), this::ping);
    }

    /** Asks; {@code then} is called with the answer or with why there is none, within {@code timeout}. */
    void request(
            AmiAction action, Duration timeout, BiConsumer<@Nullable AmiMessage, @Nullable CommandException> then) {
        send(action, timeout, null, then);
    }

    /** Asks for a list: {@code each} item in order, then {@code then} with the first answer or with what went wrong. */
    void list(
            AmiAction action,
            Consumer<AmiMessage> each,
            BiConsumer<@Nullable AmiMessage, @Nullable CommandException> then) {
        send(action, settings.requestTimeout().multipliedBy(4), each, then);
    }

    private void send(
            AmiAction action,
            Duration timeout,
            @Nullable Consumer<AmiMessage> each,
            BiConsumer<@Nullable AmiMessage, @Nullable CommandException> then) {
        if (over) {
            then.accept(null, linkDown(action.name()));
            return;
        }
        String id = "jf-" + ++ids;
        Runnable cancel = lane.after(timeout, () -> {
            Pending late = open.remove(id);
            if (late != null) {
                meters.timeout();
                late.then()
                        .accept(
                                null,
                                new CommandException(
                                        "timeout", action.name() + ": no answer in " + timeout, false, null));
            }
        });
        open.put(id, new Pending(action.name(), each, then, cancel));
        waiting.add(() -> {
            if (open.containsKey(id)) {
                meters.actionOut();
                socket.send(action.bytes(id));
            }
        });
        pump();
    }

    private CommandException linkDown(String action) {
        return new CommandException("linkDown", action + ": not connected to " + settings.id(), true, null);
    }

    /** Sends within the link's budget of actions per second. */
    private void pump() {
        long now = System.nanoTime();
        tokens = Math.min(most, tokens + (now - refilled) * settings.requestsPerSecond() / 1e9);
        refilled = now;
        while (!waiting.isEmpty() && tokens >= 1) {
            tokens--;
            waiting.removeFirst().run();
        }
        if (!waiting.isEmpty() && !waking) {
            waking = true;
            lane.after(Duration.ofNanos((long) (1e9 / settings.requestsPerSecond()) + 1), () -> {
                waking = false;
                pump();
            });
        }
    }

    private void take(AmiMessage message) {
        if (over) {
            return;
        }
        heard = true;
        meters.messageIn();
        String id = message.get("ActionID");
        Pending pending = id == null ? null : open.get(id);
        if (message.get("Response") != null) {
            if (pending == null || id == null) {
                meters.late();
            } else {
                answer(id, pending, message);
            }
        } else if (pending != null && id != null && pending.each() != null) {
            item(id, pending, pending.each(), message);
        } else {
            listener.event(message);
        }
    }

    private void answer(String id, Pending pending, AmiMessage message) {
        if (message.is("Response", "Error")) {
            open.remove(id);
            pending.cancel().run();
            String literal = message.get("Message", "Error");
            pending.then()
                    .accept(
                            null,
                            new CommandException(
                                    literal, pending.action() + ": refused by Asterisk: " + literal, false, null));
        } else if (pending.each() == null) {
            open.remove(id);
            pending.cancel().run();
            pending.then().accept(message, null);
        }
    }

    private void item(String id, Pending pending, Consumer<AmiMessage> each, AmiMessage message) {
        boolean complete =
                message.is("EventList", "Complete") || message.get("Event", "").endsWith("Complete");
        if (!complete) {
            each.accept(message);
            return;
        }
        open.remove(id);
        pending.cancel().run();
        pending.then().accept(message, null);
    }

    private void ended(String reason, String sentence, boolean fault) {
        if (over) {
            return;
        }
        over = true;
        waiting.clear();
        Map<String, Pending> left = new HashMap<>(open);
        open.clear();
        left.values().forEach(pending -> {
            pending.cancel().run();
            pending.then().accept(null, linkDown(pending.action()));
        });
        listener.closed(this, reason, sentence, fault || reason.equals("login"));
    }

    /** Says goodbye to nobody, just ends. */
    void close() {
        socket.close();
    }
}
