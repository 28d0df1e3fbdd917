package org.jackfield.twin.sip;

import java.util.function.Consumer;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipUri;
import org.jackfield.protocol.sip.SipWriter;
import org.jspecify.annotations.Nullable;

/** One side of a call: an INVITE that came or went, and the dialog it led to. Used on its user agent's thread only. */
public final class Leg {
    /** How far the leg is. */
    public enum Phase {
        CALLING,
        RINGING,
        UP,
        ENDED
    }

    /** What happens on a leg. Called on the user agent's thread. */
    public interface Events {
        /** A provisional response above 100 came to our INVITE. */
        default void progress(Leg leg, SipMessage response) {}

        /** A 2xx came to our INVITE; the ACK is on its way. */
        default void answered(Leg leg, SipMessage response) {}

        /** A refusal came to our INVITE; 408 when nothing came, 503 when it could not be sent. */
        default void refused(Leg leg, int status, @Nullable SipMessage response) {}

        /** The ACK for our 2xx came. */
        default void acked(Leg leg, SipMessage ack) {}

        /** No ACK came for our 2xx. */
        default void ackMissing(Leg leg) {}

        /** A request other than BYE came in the dialog; it must be answered. */
        default void request(Leg leg, ServerTransaction transaction) {
            transaction.respond(200, "OK");
        }

        /** The peer ended the leg, by BYE or by CANCEL. */
        default void ended(Leg leg, SipMessage by) {}

        /** The leg is over, whoever ended it and however. */
        default void closed(Leg leg) {}
    }

    private final UserAgent agent;
    private final String id;
    private final SipMessage invite;
    private final boolean incoming;
    private Events events = new Events() {};
    private final @Nullable ServerTransaction server;
    private @Nullable ClientTransaction client;
    private @Nullable Dialog dialog;
    private Phase phase = Phase.CALLING;
    private Style style = Style.PLAIN;
    private String contact;
    private String recordRoute = "";

    /** An INVITE that came. */
    Leg(UserAgent agent, String id, ServerTransaction server) {
        this.agent = agent;
        this.id = id;
        this.invite = server.request();
        this.incoming = true;
        this.server = server;
        this.contact = agent.stack().contact(server.flow().protocol());
    }

    /** An INVITE that goes. */
    Leg(UserAgent agent, String id, SipMessage invite, String contact, Events events) {
        this.agent = agent;
        this.id = id;
        this.invite = invite;
        this.incoming = false;
        this.server = null;
        this.contact = contact;
        this.events = events;
    }

    public String id() {
        return id;
    }

    public boolean incoming() {
        return incoming;
    }

    public Phase phase() {
        return phase;
    }

    public SipMessage invite() {
        return invite;
    }

    public String sipCallId() {
        return invite.callId();
    }

    /** The user part of From. */
    public String fromUser() {
        String user = SipUri.parse(NameAddr.parse(header(SipHeader.FROM)).uri()).number();
        return user == null ? "" : user;
    }

    /** The user part of the Request-URI. */
    public String calledUser() {
        String user = SipUri.parse(invite.requestUri()).number();
        return user == null ? "" : user;
    }

    /** The INVITE's first header of this kind, empty when there is none. */
    public String header(SipHeader header) {
        String value = invite.first(header);
        return value == null ? "" : value;
    }

    public void listen(Events listener) {
        this.events = listener;
    }

    /** The Contact value of this side, as in its INVITE or its responses. */
    public String contact() {
        return contact;
    }

    /** The Record-Route value that this side adds to its responses, empty for none. */
    public String recordRoute() {
        return recordRoute;
    }

    /** Writes like Microsoft's proxy from now on: header names in capitals, an opaque Contact behind a Record-Route. */
    public void dress(Style as, String opaqueContact, String route) {
        this.style = as;
        this.contact = opaqueContact;
        this.recordRoute = route;
    }

    /** A provisional response above 100, without a body. */
    public void ring(int status, String phrase) {
        if (incoming && phase != Phase.UP && phase != Phase.ENDED) {
            phase = Phase.RINGING;
            respond(dressed(status, phrase).build());
        }
    }

    /** 200 with a session description. */
    public void answer(String sdp) {
        ServerTransaction transaction = server;
        if (transaction == null || phase == Phase.UP || phase == Phase.ENDED) {
            return;
        }
        phase = Phase.UP;
        dialog = Dialog.uas(
                invite,
                transaction.localTag(),
                new Hop(transaction.flow().protocol(), transaction.flow().remote()));
        agent.up(this, transaction.localTag());
        respond(dressed(200, "OK")
                .add(SipHeader.ALLOW, agent.allow())
                .body(Sdp.TYPE, sdp)
                .build());
    }

    /** A final refusal; {@code more} adds headers. */
    public void refuse(int status, String phrase, Consumer<SipWriter> more) {
        ServerTransaction transaction = server;
        if (transaction != null && phase != Phase.UP && phase != Phase.ENDED) {
            phase = Phase.ENDED;
            SipWriter writer = transaction.response(status, phrase);
            more.accept(writer);
            respond(writer.build());
            agent.gone(this);
        }
    }

    /** Ends the leg whatever state it is in. */
    public void hangUp() {
        switch (phase) {
            case ENDED -> {}
            case UP -> {
                phase = Phase.ENDED;
                send("BYE", writer -> {}, IGNORE);
                agent.gone(this);
            }
            case CALLING, RINGING -> {
                if (incoming) {
                    refuse(480, "Temporarily Unavailable", writer -> {});
                } else {
                    phase = Phase.ENDED;
                    if (client != null) {
                        client.cancel();
                    }
                }
            }
        }
    }

    /** Sends a request in the dialog; {@code more} adds its own headers and body. */
    public void send(String method, Consumer<SipWriter> more, ResponseHandler answers) {
        Dialog known = dialog;
        if (known == null) {
            throw new IllegalStateException("leg " + id + ": " + phase + " (expected: UP)");
        }
        SipWriter writer = known.request(agent.stack(), method)
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.CONTACT, contact);
        more.accept(writer);
        SipMessage request = style.of(writer.build());
        agent.sent(this, request);
        agent.stack().send(request, known.hop(), answers);
    }

    void onGone() {
        events.closed(this);
    }

    void start(Hop hop) {
        phase = Phase.CALLING;
        client = agent.stack().send(invite, hop, new Answers());
    }

    @Nullable
    ServerTransaction server() {
        return server;
    }

    /** This side's tag. */
    public String tag() {
        return localTag();
    }

    String localTag() {
        ServerTransaction transaction = server;
        return String.valueOf(transaction == null ? invite.fromTag() : transaction.localTag());
    }

    void onRequest(ServerTransaction transaction) {
        Dialog known = dialog;
        if (known != null && !known.inOrder(transaction.request())) {
            transaction.respond(500, "Out of Order");
            return;
        }
        if (transaction.request().method() == SipMethod.BYE) {
            transaction.respond(style.of(transaction.response(200, "OK").build()));
            end(transaction.request());
        } else {
            events.request(this, transaction);
        }
    }

    void onCancel(SipMessage cancel) {
        if (phase != Phase.UP && phase != Phase.ENDED && server != null) {
            respond(server.response(487, "Request Terminated").build());
            end(cancel);
        }
    }

    void onAck(SipMessage ack) {
        events.acked(this, ack);
    }

    void onAckMissing() {
        events.ackMissing(this);
    }

    private void end(SipMessage by) {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            if (server != null) {
                server.stopWaiting();
            }
            agent.gone(this);
            events.ended(this, by);
        }
    }

    private SipWriter dressed(int status, String phrase) {
        ServerTransaction transaction = server;
        if (transaction == null) {
            throw new IllegalStateException("leg " + id + " is outgoing (expected: incoming)");
        }
        SipWriter writer = transaction.response(status, phrase);
        if (!recordRoute.isEmpty()) {
            writer.add(SipHeader.RECORD_ROUTE, recordRoute);
        }
        return writer.add(SipHeader.CONTACT, contact);
    }

    private void respond(SipMessage response) {
        ServerTransaction transaction = server;
        if (transaction != null) {
            SipMessage dressed = style.of(response);
            agent.sent(this, dressed);
            transaction.respond(dressed);
        }
    }

    /** Takes the answers to our INVITE. */
    private final class Answers implements ResponseHandler {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {
            agent.received(Leg.this, response);
            int status = response.status();
            if (status >= 300) {
                refusedWith(status, response);
            } else if (status >= 200) {
                accepted(transaction, response);
            } else if (status > 100 && phase != Phase.ENDED) {
                phase = Phase.RINGING;
                events.progress(Leg.this, response);
            }
        }

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {
            refusedWith(failure == Failure.TIMEOUT ? 408 : 503, null);
        }

        private void accepted(ClientTransaction transaction, SipMessage response) {
            if (transaction.acked(response.toTag())) {
                return;
            }
            Dialog made = Dialog.uac(invite, response, transaction.hop());
            transaction.ack(
                    made.ack(agent.stack(), invite.cseq())
                            .add(SipHeader.MAX_FORWARDS, 70)
                            .build(),
                    made.hop());
            if (phase == Phase.UP) {
                return;
            }
            boolean late = phase == Phase.ENDED;
            dialog = made;
            agent.up(Leg.this, String.valueOf(invite.fromTag()));
            phase = Phase.UP;
            if (late) {
                hangUp();
            } else {
                events.answered(Leg.this, response);
            }
        }

        private void refusedWith(int status, @Nullable SipMessage response) {
            boolean told = phase == Phase.ENDED;
            phase = Phase.ENDED;
            agent.gone(Leg.this);
            if (!told) {
                events.refused(Leg.this, status, response);
            }
        }
    }

    private static final ResponseHandler IGNORE = new ResponseHandler() {
        @Override
        public void onResponse(ClientTransaction transaction, SipMessage response) {}

        @Override
        public void onFailure(ClientTransaction transaction, Failure failure) {}
    };
}
