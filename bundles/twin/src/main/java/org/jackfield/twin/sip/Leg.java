package org.jackfield.twin.sip;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.Dialog;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.NameAddr;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.ServerTransaction;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;
import org.jackfield.protocol.sip.SipMethod;
import org.jackfield.protocol.sip.SipParseException;
import org.jackfield.protocol.sip.SipParser;
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
        /** 100 came to our INVITE. */
        default void trying(Leg leg, SipMessage response) {}

        /** A provisional response above 100 came to our INVITE. */
        default void progress(Leg leg, SipMessage response) {}

        /** A 2xx came to our INVITE; the ACK is on its way. */
        default void answered(Leg leg, SipMessage response) {}

        /** A refusal came to our INVITE; 408 when nothing came, 503 when it could not be sent. */
        default void refused(Leg leg, int status, @Nullable SipMessage response) {}

        /** Whether the 2xx to our INVITE is acknowledged at once; if not, {@link #acknowledge} does it. */
        default boolean acknowledges(Leg leg, SipMessage response) {
            return true;
        }

        /** The ACK for our 2xx came, also that for a re-INVITE. */
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
    private Dress dress = Dress.PLAIN;
    private String contact;
    private String tag;
    private @Nullable Runnable pendingAck;

    /** An INVITE that came. */
    Leg(UserAgent agent, String id, ServerTransaction server) {
        this.agent = agent;
        this.id = id;
        this.invite = server.request();
        this.incoming = true;
        this.server = server;
        this.contact = agent.stack().contact(server.flow().protocol());
        this.tag = server.localTag();
    }

    /** An INVITE that goes. */
    Leg(UserAgent agent, String id, SipMessage invite, Dress dress, Events events) {
        this.agent = agent;
        this.id = id;
        this.invite = invite;
        this.incoming = false;
        this.server = null;
        this.dress = dress;
        this.contact = dress.contact();
        this.tag = String.valueOf(invite.fromTag());
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

    /** The Record-Route value that this side adds to its INVITE or its responses, empty for none. */
    public String recordRoute() {
        return dress.recordRoute();
    }

    /** Looks like that from now on; for a leg that came, before anything but 100 was answered. */
    public void dress(Dress as) {
        this.dress = as;
        this.contact = as.contact().isEmpty() ? contact : as.contact();
        this.tag = as.tag().isEmpty() ? tag : as.tag();
    }

    /** A provisional response above 100, without a body. */
    public void ring(int status, String phrase) {
        ring(status, phrase, "", "");
    }

    /**
     * A provisional response above 100 of one of several phones: each fork has a tag, and so an early dialog, of its own.
     *
     * @param fork names the phone, empty for the only one
     * @param sdp empty for no body
     */
    public void ring(int status, String phrase, String fork, String sdp) {
        if (incoming && phase != Phase.UP && phase != Phase.ENDED) {
            phase = Phase.RINGING;
            SipWriter writer = dressed(status, phrase, fork);
            if (!sdp.isEmpty()) {
                writer.body(Sdp.TYPE, sdp);
            }
            respond(writer.build());
        }
    }

    /** 200 with a session description. */
    public void answer(String sdp) {
        answer("", sdp, writer -> {});
    }

    /** 200 of one of several phones; {@code more} adds headers. */
    public void answer(String fork, String sdp, Consumer<SipWriter> more) {
        ServerTransaction transaction = server;
        if (transaction == null || phase == Phase.UP || phase == Phase.ENDED) {
            return;
        }
        phase = Phase.UP;
        tag = tag(fork);
        dialog = Dialog.uas(invite, tag, agent.named(transaction));
        agent.up(this, tag);
        SipWriter writer = dressed(200, "OK", "").add(SipHeader.ALLOW, agent.allow());
        more.accept(writer);
        respond(writer.body(Sdp.TYPE, sdp).build());
    }

    /** A final refusal; {@code more} adds headers. */
    public void refuse(int status, String phrase, Consumer<SipWriter> more) {
        ServerTransaction transaction = server;
        if (transaction != null && phase != Phase.UP && phase != Phase.ENDED) {
            phase = Phase.ENDED;
            SipWriter writer = named(transaction.response(status, phrase, tag));
            more.accept(writer);
            respond(writer.build());
            agent.gone(this);
        }
    }

    /** Ends the leg whatever state it is in. */
    public void hangUp() {
        hangUp(writer -> {});
    }

    /** As above; {@code more} adds headers to the BYE, the CANCEL or the refusal. */
    public void hangUp(Consumer<SipWriter> more) {
        hangUp(more, IGNORE);
    }

    /** As above; {@code answers} hears what the BYE is answered with. */
    public void hangUp(Consumer<SipWriter> more, ResponseHandler answers) {
        switch (phase) {
            case ENDED -> {}
            case UP -> {
                phase = Phase.ENDED;
                send("BYE", more, answers);
                agent.gone(this);
            }
            case CALLING, RINGING -> {
                if (incoming) {
                    refuse(480, "Temporarily Unavailable", more);
                } else {
                    phase = Phase.ENDED;
                    cancel(more);
                }
            }
        }
    }

    /** Knows nothing of the call any more, as if a BYE had been lost. */
    public void forget() {
        phase = Phase.ENDED;
        agent.gone(this);
    }

    /** Takes our INVITE back and goes on listening to what becomes of it. */
    public void cancel(Consumer<SipWriter> more) {
        if (client != null) {
            client.cancel(more);
        }
    }

    /** Sends a request in the dialog; {@code more} adds its own headers and body. */
    public void send(String method, Consumer<SipWriter> more, ResponseHandler answers) {
        SipMessage request = request(agent, method, more);
        agent.stack().send(request, open().hop(), answers);
    }

    /**
     * The same from the address of another user agent, as one of several proxies does it; the answer is told on that
     * one's thread. This leg's thread waits meanwhile, so that the dialog is never used by both.
     */
    public void sendFrom(UserAgent other, String method, Consumer<SipWriter> more, ResponseHandler answers) {
        if (other.equals(agent)) {
            send(method, more, answers);
            return;
        }
        Hop hop = open().hop();
        try {
            other.thread()
                    .submit(() -> other.stack().send(request(other, method, more), hop, answers))
                    .get(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("leg " + id + ": " + method + " was not sent from the other address", e);
        }
    }

    /** A re-INVITE with this session description; its 2xx is acknowledged here. */
    public void change(String sdp, Consumer<SipWriter> more, ResponseHandler answers) {
        Dialog known = open();
        send(
                "INVITE",
                writer -> {
                    more.accept(writer);
                    writer.body(Sdp.TYPE, sdp);
                },
                new ResponseHandler() {
                    @Override
                    public void onResponse(ClientTransaction transaction, SipMessage response) {
                        if (response.status() >= 200 && response.status() < 300) {
                            known.refreshTarget(response);
                            transaction.ack(ack(known, transaction.request().cseq()), known.hop());
                        }
                        answers.onResponse(transaction, response);
                    }

                    @Override
                    public void onFailure(ClientTransaction transaction, Failure failure) {
                        answers.onFailure(transaction, failure);
                    }
                });
    }

    /** Gives the ACK that {@link Events#acknowledges} held back. */
    public void acknowledge() {
        Runnable pending = pendingAck;
        pendingAck = null;
        if (pending != null) {
            pending.run();
        }
    }

    private Dialog open() {
        Dialog known = dialog;
        if (known == null) {
            throw new IllegalStateException("leg " + id + ": " + phase + " (expected: UP)");
        }
        return known;
    }

    private SipMessage request(UserAgent by, String method, Consumer<SipWriter> more) {
        SipWriter writer = open().request(by.stack(), method)
                .add(SipHeader.MAX_FORWARDS, 70)
                .add(SipHeader.CONTACT, contact);
        more.accept(writer);
        SipMessage request = dress.style().of(writer.build());
        agent.sent(this, request);
        return request;
    }

    private SipMessage ack(Dialog within, long cseq) {
        return dress.style()
                .of(within.ack(agent.stack(), cseq)
                        .add(SipHeader.MAX_FORWARDS, 70)
                        .build());
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
        return tag;
    }

    /** The tag of one of several phones. */
    public String tag(String fork) {
        return tag + fork;
    }

    void onRequest(ServerTransaction transaction) {
        Dialog known = dialog;
        if (known != null && !known.inOrder(transaction.request())) {
            transaction.respond(500, "Out of Order");
            return;
        }
        if (transaction.request().method() == SipMethod.BYE) {
            transaction.respond(
                    dress.style().of(named(transaction.response(200, "OK")).build()));
            end(transaction.request());
        } else {
            events.request(this, transaction);
        }
    }

    void onCancel(SipMessage cancel) {
        if (phase != Phase.UP && phase != Phase.ENDED && server != null) {
            respond(named(server.response(487, "Request Terminated", tag)).build());
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

    private SipWriter dressed(int status, String phrase, String fork) {
        ServerTransaction transaction = server;
        if (transaction == null) {
            throw new IllegalStateException("leg " + id + " is outgoing (expected: incoming)");
        }
        SipWriter writer = named(transaction.response(status, phrase, tag(fork)));
        if (!recordRoute().isEmpty()) {
            writer.add(SipHeader.RECORD_ROUTE, recordRoute());
        }
        return writer.add(SipHeader.CONTACT, contact);
    }

    /** Our own Record-Route, which comes back in a 2xx, is where we are; what we send does not go there. */
    private SipMessage behindOwnRoute(SipMessage response) {
        if (recordRoute().isEmpty()) {
            return response;
        }
        String text = new String(response.toBytes(), StandardCharsets.ISO_8859_1);
        String own = "(?i)\r\n" + SipHeader.RECORD_ROUTE.text() + ": *" + Pattern.quote(recordRoute()) + "(?=\r\n)";
        try {
            return SipParser.parse(text.replaceFirst(own, "").getBytes(StandardCharsets.ISO_8859_1));
        } catch (SipParseException e) {
            throw new IllegalStateException("response without its Record-Route: " + e.getMessage(), e);
        }
    }

    private SipWriter named(SipWriter writer) {
        return dress.server().isEmpty() ? writer : writer.add(SipHeader.SERVER, dress.server());
    }

    /** A response in this leg's style to a request in its dialog, with Contact. */
    public void respond(ServerTransaction transaction, int status, String phrase, Consumer<SipWriter> more) {
        SipWriter writer = named(transaction.response(status, phrase)).add(SipHeader.CONTACT, contact);
        more.accept(writer);
        SipMessage response = dress.style().of(writer.build());
        agent.sent(this, response);
        transaction.respond(response);
    }

    private void respond(SipMessage response) {
        ServerTransaction transaction = server;
        if (transaction != null) {
            SipMessage dressed = dress.style().of(response);
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
            } else if (status == 100) {
                events.trying(Leg.this, response);
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
            Dialog made = Dialog.uac(invite, behindOwnRoute(response), transaction.hop());
            boolean late = phase == Phase.ENDED;
            Runnable acknowledging = () -> transaction.ack(ack(made, invite.cseq()), made.hop());
            if (phase == Phase.UP || late || events.acknowledges(Leg.this, response)) {
                acknowledging.run();
            } else {
                pendingAck = acknowledging;
            }
            if (phase == Phase.UP) {
                return;
            }
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
