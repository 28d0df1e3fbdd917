package org.jackfield.protocol.sip.ua;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipListener;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;

/**
 * A user agent with calls, as phones and stand-ins need it.
 * Its methods are safe for any thread; what it tells comes on the stack's thread and must not block.
 */
public final class UserAgent implements AutoCloseable {
    /** What it says it can do. */
    public static final String ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY, REFER";

    /** Takes what comes from outside of any call. */
    public interface Handler {
        /** An INVITE; set a listener and ring, answer or reject it. */
        void onCall(Call call);

        /** Any other request outside of a call. */
        default void onRequest(ServerTransaction transaction) {
            if (transaction.request().method() == SipMethod.OPTIONS) {
                transaction.respond(transaction
                        .response(200, "OK")
                        .add(SipHeader.ALLOW, ALLOW)
                        .build());
            } else {
                transaction.respond(transaction.inDialog() ? 481 : 405, "Not Here");
            }
        }
    }

    private final SipStack stack;
    private final Handler handler;
    private final Map<String, Call> calls = new HashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    private UserAgent(SipStack stack, Handler handler) {
        this.stack = stack;
        this.handler = handler;
    }

    public static UserAgent start(SipConfig config, Handler handler) throws IOException {
        List<UserAgent> made = new ArrayList<>(1);
        SipStack.startWith(config, stack -> {
            UserAgent agent = new UserAgent(stack, handler);
            made.add(agent);
            return agent.new Intake();
        });
        return made.get(0);
    }

    public SipStack stack() {
        return stack;
    }

    public int port() {
        return stack.port();
    }

    /** How many calls there are, in any state. */
    public int openCalls() {
        return open.get();
    }

    /**
     * Places a call.
     *
     * @param from the From URI, for example {@code sip:+49301234@127.0.0.1}, or a whole From value without a tag
     * @param to the Request-URI and To URI
     * @param sdp the offer, empty for none
     * @param more adds headers, for example User-to-User
     */
    public Call call(String from, String to, Hop hop, String sdp, Consumer<SipWriter> more, CallListener listener) {
        Call call = new Call(this, hop, listener);
        stack.execute(() -> call.start(from, to, sdp, more));
        return call;
    }

    void register(String tag, Call call) {
        if (calls.put(tag, call) == null) {
            open.incrementAndGet();
        }
    }

    void unregister(String tag) {
        if (calls.remove(tag) != null) {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() {
        stack.close();
    }

    private final class Intake implements SipListener {
        @Override
        public void onRequest(ServerTransaction transaction) {
            String tag = transaction.request().toTag();
            Call call = tag == null ? null : calls.get(tag);
            if (call != null && call.callId().equals(transaction.request().callId())) {
                call.onRequest(transaction);
            } else if (tag == null && transaction.request().method() == SipMethod.INVITE) {
                Call incoming = new Call(UserAgent.this, transaction);
                register(transaction.localTag(), incoming);
                handler.onCall(incoming);
            } else {
                handler.onRequest(transaction);
            }
        }

        @Override
        public void onAck(ServerTransaction invite, SipMessage ack) {
            if (invite.attachment() instanceof Call call) {
                call.onAck(ack);
            }
        }

        @Override
        public void onCancel(ServerTransaction invite, SipMessage cancel) {
            invite.respond(487, "Request Terminated");
            if (invite.attachment() instanceof Call call) {
                call.onCancel(cancel);
            }
        }

        @Override
        public void onAckMissing(ServerTransaction invite) {
            if (invite.attachment() instanceof Call call) {
                call.hangup();
            }
        }
    }
}
