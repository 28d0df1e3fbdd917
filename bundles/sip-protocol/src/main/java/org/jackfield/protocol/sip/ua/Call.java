package org.jackfield.protocol.sip.ua;

import java.util.function.Consumer;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipStack;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** One call of a {@link UserAgent}, placed or taken. Its public methods are safe for any thread. */
public final class Call {
    /** Where in its life it is. */
    public enum State {
        SETUP,
        ESTABLISHED,
        ENDED
    }

    private static final CallListener SILENT = new CallListener() {};
    private static final ResponseHandler IGNORE = new ResponseHandler() {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {}

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    };

    private final UserAgent agent;
    private final SipStack stack;
    private final Hop hop;
    private final @Nullable ServerTransaction incoming;
    private volatile CallListener listener;
    private volatile State state = State.SETUP;
    private volatile String callId;
    private volatile @Nullable Dialog dialog;
    private volatile @Nullable SipMessage remoteMessage;
    private volatile String localBody = "";
    private volatile String lateAnswer = "";
    private @Nullable ClientTransaction outgoing;
    private volatile String localTag = "";
    private @Nullable Dialog early;

    Call(UserAgent agent, Hop hop, CallListener listener) {
        this.agent = agent;
        this.stack = agent.stack();
        this.hop = hop;
        this.incoming = null;
        this.listener = listener;
        this.callId = "";
    }

    Call(UserAgent agent, ServerTransaction invite) {
        this.agent = agent;
        this.stack = agent.stack();
        this.hop = new Hop(invite.flow().protocol(), invite.flow().remote());
        this.incoming = invite;
        this.listener = SILENT;
        this.callId = invite.request().callId();
        this.localTag = invite.localTag();
        this.remoteMessage = invite.request();
        invite.attach(this);
    }

    /** Sets who hears about this call, usually first thing in {@link UserAgent.Handler#onCall}. */
    public void listen(CallListener newListener) {
        listener = newListener;
    }

    public State state() {
        return state;
    }

    public String callId() {
        return callId;
    }

    /** The INVITE that came, or the 2xx that answered ours; null before. */
    public @Nullable SipMessage remote() {
        return remoteMessage;
    }

    /** The dialog, null before it is established. */
    public @Nullable Dialog dialog() {
        return dialog;
    }

    /** The SDP that this side sent last. */
    public String localBody() {
        return localBody;
    }

    void start(String from, String to, String sdp, Consumer<SipWriter> more) {
        callId = stack.newCallId();
        localTag = stack.newTag();
        localBody = sdp;
        SipWriter writer = stack.request("INVITE", to, hop.protocol())
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.FROM, (from.indexOf('<') < 0 ? "<" + from + ">" : from) + ";tag=" + localTag)
                .add(SipHeader.TO, "<" + to + ">")
                .add(SipHeader.CALL_ID, callId)
                .add(SipHeader.CSEQ, "1 INVITE")
                .add(SipHeader.CONTACT, stack.contact(hop.protocol()))
                .add(SipHeader.ALLOW, UserAgent.ALLOW);
        more.accept(writer);
        body(writer, sdp);
        agent.register(localTag, this);
        outgoing = stack.send(writer.build(), hop, new InviteHandler());
    }

    private static void body(SipWriter writer, String sdp) {
        if (!sdp.isEmpty()) {
            writer.body("application/sdp", sdp);
        }
    }

    private final class InviteHandler implements ResponseHandler {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            int status = response.status();
            if (status < 200) {
                listener.onProgress(Call.this, response);
            } else if (status >= 300) {
                end();
                listener.onRejected(Call.this, status, response);
            } else {
                answered(transaction, response);
            }
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            end();
            listener.onRejected(Call.this, failure == Failure.TIMEOUT ? 408 : 503, null);
        }
    }

    private void answered(ClientTransaction transaction, SipMessage response) {
        Dialog begun = early;
        boolean same = begun != null && String.valueOf(begun.remoteTag()).equals(response.toTag());
        Dialog made = begun == null || !same ? Dialog.uac(transaction.request(), response, hop) : begun;
        if (same) {
            made.confirm(response);
        }
        SipWriter ack = made.ack(stack, transaction.request().cseq()).add(SipHeader.MAX_FORWARDS, 70);
        if (localBody.isEmpty()) {
            body(ack, lateAnswer);
        }
        transaction.ack(ack.build(), made.hop());
        if (state != State.SETUP || transaction.cancelled()) {
            bye(made, writer -> {}); // another fork, or the 200 crossed our CANCEL
            if (state == State.SETUP) {
                end();
                listener.onRejected(this, 487, null);
            }
            return;
        }
        dialog = made;
        remoteMessage = response;
        state = State.ESTABLISHED;
        listener.onAnswered(this, response);
    }

    /** What the ACK shall answer to the offer in the 2xx, when our INVITE had none (RFC 3261 section 13.2.2.4). */
    public void answerLate(String sdp) {
        lateAnswer = sdp;
    }

    /** Answers the INVITE provisionally, for example 180 without SDP. */
    public void ring(int status, String phrase, String sdp) {
        stack.execute(() -> {
            ServerTransaction invite = incoming;
            if (invite != null) {
                SipWriter writer = invite.response(status, phrase)
                        .add(SipHeader.CONTACT, stack.contact(hop.protocol()))
                        .add(SipHeader.ALLOW, UserAgent.ALLOW);
                body(writer, sdp);
                invite.respond(writer.build());
            }
        });
    }

    /** Answers the INVITE with a provisional response that must be acknowledged by PRACK (RFC 3262). */
    public void ringReliably(int status, String phrase, String sdp) {
        stack.execute(() -> {
            ServerTransaction invite = incoming;
            if (invite != null) {
                early = Dialog.uas(invite.request(), localTag, hop);
                SipWriter writer = invite.response(status, phrase)
                        .add(SipHeader.CONTACT, stack.contact(hop.protocol()))
                        .add(SipHeader.ALLOW, UserAgent.ALLOW);
                body(writer, sdp);
                invite.respondReliably(writer);
            }
        });
    }

    /** Acknowledges a reliable provisional response to our INVITE. */
    public void prack(SipMessage provisional, ResponseHandler handler) {
        stack.execute(() -> {
            ClientTransaction invite = outgoing;
            if (invite != null) {
                Dialog ringing = early == null ? Dialog.uac(invite.request(), provisional, hop) : early;
                early = ringing;
                SipWriter writer = ringing.prack(stack, provisional).add(SipHeader.MAX_FORWARDS, 70);
                stack.send(writer.build(), ringing.hop(), handler);
            }
        });
    }

    /** The tag of this side. */
    public String localTag() {
        return localTag;
    }

    /** Answers the INVITE 200. */
    public void answer(String sdp) {
        answer(sdp, writer -> {});
    }

    /** Answers the INVITE 200 with more headers. */
    public void answer(String sdp, Consumer<SipWriter> more) {
        stack.execute(() -> {
            ServerTransaction invite = incoming;
            if (invite != null && !invite.answered()) {
                localBody = sdp;
                Dialog begun = early;
                dialog = begun == null ? Dialog.uas(invite.request(), localTag, hop) : begun;
                state = State.ESTABLISHED;
                SipWriter writer = success(invite, sdp);
                more.accept(writer);
                invite.respond(writer.build());
            }
        });
    }

    /** A 200 with Contact, Allow and a body, to be completed and sent by the caller on the stack's thread. */
    public SipWriter success(ServerTransaction transaction, String sdp) {
        SipWriter writer = transaction
                .response(200, "OK")
                .add(SipHeader.CONTACT, stack.contact(hop.protocol()))
                .add(SipHeader.ALLOW, UserAgent.ALLOW);
        body(writer, sdp);
        return writer;
    }

    /** Answers the INVITE with a final error. */
    public void reject(int status, String phrase, Consumer<SipWriter> more) {
        stack.execute(() -> {
            ServerTransaction invite = incoming;
            if (invite != null && !invite.answered()) {
                SipWriter writer = invite.response(status, phrase);
                more.accept(writer);
                invite.respond(writer.build());
                end();
            }
        });
    }

    public void hangup() {
        hangup(writer -> {});
    }

    /** Ends the call as its state demands: CANCEL, 603 or BYE with more headers. */
    public void hangup(Consumer<SipWriter> more) {
        stack.execute(() -> {
            Dialog established = dialog;
            ClientTransaction invite = outgoing;
            if (state == State.ESTABLISHED && established != null) {
                end();
                bye(established, more);
            } else if (state == State.SETUP && invite != null) {
                invite.cancel(more);
            } else if (state == State.SETUP) {
                reject(603, "Decline", more);
            }
        });
    }

    private void bye(Dialog of, Consumer<SipWriter> more) {
        SipWriter writer = of.request(stack, "BYE").add(SipHeader.MAX_FORWARDS, 70);
        more.accept(writer);
        stack.send(writer.build(), of.hop(), new ResponseHandler() {
            @Override
            public void onResponse(ClientTransaction transaction, SipMessage response) {
                if (response.status() >= 200) {
                    listener.onEnded(Call.this, null);
                }
            }

            @Override
            public void onFailure(ClientTransaction transaction, Failure failure) {
                listener.onEnded(Call.this, null);
            }
        });
    }

    /**
     * Sends a request in the established call, or in one that rings reliably, for example INFO, NOTIFY, REFER or a re-INVITE (which is acknowledged
     * here); nothing when there is no dialog.
     *
     * @param more adds headers and body; Contact and Max-Forwards are there
     */
    public void request(String method, Consumer<SipWriter> more, ResponseHandler handler) {
        stack.execute(() -> {
            Dialog established = dialog == null ? early : dialog;
            if (established == null) {
                return;
            }
            SipWriter writer = established
                    .request(stack, method)
                    .add(SipHeader.MAX_FORWARDS, 70)
                    .add(SipHeader.CONTACT, stack.contact(hop.protocol()));
            more.accept(writer);
            stack.send(writer.build(), established.hop(), new Acknowledging(established, handler));
        });
    }

    /** As above, without interest in the answer. */
    public void request(String method, Consumer<SipWriter> more) {
        request(method, more, IGNORE);
    }

    private final class Acknowledging implements ResponseHandler {
        private final Dialog within;
        private final ResponseHandler handler;

        Acknowledging(Dialog within, ResponseHandler handler) {
            this.within = within;
            this.handler = handler;
        }

        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            boolean success = response.status() >= 200 && response.status() < 300;
            if (success && transaction.request().method() == SipMethod.INVITE) {
                within.refreshTarget(response);
                SipMessage ack = within.ack(stack, transaction.request().cseq())
                        .add(SipHeader.MAX_FORWARDS, 70)
                        .build();
                transaction.ack(ack, within.hop());
            }
            handler.onResponse(transaction, response);
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            handler.onFailure(transaction, failure);
        }
    }

    void onRequest(ServerTransaction transaction) {
        SipMessage request = transaction.request();
        Dialog established = dialog;
        ServerTransaction ringing = incoming;
        if (request.method() == SipMethod.PRACK && ringing != null && established == null) {
            boolean known = ringing.onPrack(request);
            transaction.respond(known ? 200 : 481, known ? "OK" : "No Such Response");
            if (known) {
                if (early != null) {
                    early.inOrder(request);
                }
                listener.onPrack(this, request);
            }
        } else if (established == null || !established.matches(request)) {
            transaction.respond(481, "Call/Transaction Does Not Exist");
        } else if (!established.inOrder(request)) {
            transaction.respond(500, "Out Of Order");
        } else if (request.method() == SipMethod.BYE) {
            ServerTransaction invite = incoming;
            if (invite != null) {
                invite.stopWaiting();
            }
            end();
            transaction.respond(200, "OK");
            listener.onEnded(this, request);
        } else {
            if (request.method() == SipMethod.INVITE) {
                transaction.attach(this);
                established.refreshTarget(request);
            }
            listener.onRequest(this, transaction);
        }
    }

    void onAck(SipMessage ack) {
        listener.onConfirmed(this, ack);
    }

    void onCancel(SipMessage cancel) {
        end();
        listener.onCancelled(this, cancel);
    }

    private void end() {
        state = State.ENDED;
        agent.unregister(localTag);
    }
}
