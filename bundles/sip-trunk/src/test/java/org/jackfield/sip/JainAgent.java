package org.jackfield.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sip.ClientTransaction;
import javax.sip.Dialog;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.ListeningPoint;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.ServerTransaction;
import javax.sip.SipFactory;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.header.CSeqHeader;
import javax.sip.header.ToHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** A user agent on JAIN-SIP, a stack of others: takes every call, and places them. */
final class JainAgent implements SipListener, AutoCloseable {
    final List<String> log = new CopyOnWriteArrayList<>();
    final List<String> faults = new CopyOnWriteArrayList<>();
    private final int port;
    private final SipFactory factory = SipFactory.getInstance();
    private final SipStack stack;
    private final SipProvider provider;
    private volatile Dialog dialog;

    JainAgent(int port) throws Exception {
        this.port = port;
        org.apache.log4j.BasicConfigurator.configure(new org.apache.log4j.varia.NullAppender());
        factory.setPathName("gov.nist");
        Properties properties = new Properties();
        properties.setProperty("javax.sip.STACK_NAME", "jain" + port);
        properties.setProperty("gov.nist.javax.sip.TRACE_LEVEL", "0");
        stack = factory.createSipStack(properties);
        ListeningPoint point = stack.createListeningPoint("127.0.0.1", port, "udp");
        provider = stack.createSipProvider(point);
        provider.addSipListener(this);
    }

    void bye() throws Exception {
        dialog.sendRequest(provider.getNewClientTransaction(dialog.createRequest(Request.BYE)));
    }

    void call(int trunk, String number, String sdp) throws Exception {
        var addresses = factory.createAddressFactory();
        var headers = factory.createHeaderFactory();
        var from = addresses.createAddress("sip:+493012345@127.0.0.1:" + port);
        var uri = addresses.createURI("sip:" + number + "@127.0.0.1:" + trunk);
        var vias = new ArrayList<javax.sip.header.ViaHeader>();
        vias.add(headers.createViaHeader("127.0.0.1", port, "udp", null));
        Request invite = factory.createMessageFactory()
                .createRequest(
                        uri,
                        Request.INVITE,
                        provider.getNewCallId(),
                        headers.createCSeqHeader(1L, Request.INVITE),
                        headers.createFromHeader(from, "jain-1"),
                        headers.createToHeader(addresses.createAddress(uri), null),
                        vias,
                        headers.createMaxForwardsHeader(70));
        invite.addHeader(headers.createContactHeader(addresses.createAddress("sip:127.0.0.1:" + port)));
        invite.setContent(sdp, headers.createContentTypeHeader("application", "sdp"));
        ClientTransaction transaction = provider.getNewClientTransaction(invite);
        transaction.sendRequest();
    }

    @Override
    public void processRequest(RequestEvent event) {
        try {
            Request request = event.getRequest();
            ServerTransaction transaction = event.getServerTransaction();
            switch (request.getMethod()) {
                case Request.INVITE -> invited(request, transaction);
                case Request.ACK -> log.add("ACK");
                default -> {
                    log.add(request.getMethod());
                    transaction.sendResponse(factory.createMessageFactory().createResponse(200, request));
                }
            }
        } catch (Exception e) {
            faults.add(e.toString());
        }
    }

    private void invited(Request request, ServerTransaction known) throws Exception {
        boolean first = known == null;
        log.add(first ? "INVITE" : "re-INVITE");
        ServerTransaction transaction = first ? provider.getNewServerTransaction(request) : known;
        var messages = factory.createMessageFactory();
        var headers = factory.createHeaderFactory();
        var contact =
                headers.createContactHeader(factory.createAddressFactory().createAddress("sip:127.0.0.1:" + port));
        if (first) {
            Response ringing = messages.createResponse(180, request);
            ((ToHeader) ringing.getHeader(ToHeader.NAME)).setTag("jain-2");
            ringing.addHeader(contact);
            transaction.sendResponse(ringing);
        }
        Response ok = messages.createResponse(200, request);
        if (first) {
            ((ToHeader) ok.getHeader(ToHeader.NAME)).setTag("jain-2");
        }
        ok.addHeader(contact);
        ok.setContent(Rig.ANSWER, headers.createContentTypeHeader("application", "sdp"));
        transaction.sendResponse(ok);
        dialog = transaction.getDialog();
    }

    @Override
    public void processResponse(ResponseEvent event) {
        try {
            Response response = event.getResponse();
            CSeqHeader cseq = (CSeqHeader) response.getHeader(CSeqHeader.NAME);
            log.add(response.getStatusCode() + " " + cseq.getMethod());
            if (response.getStatusCode() == 200 && cseq.getMethod().equals(Request.INVITE)) {
                dialog = event.getDialog();
                dialog.sendAck(dialog.createAck(cseq.getSeqNumber()));
            }
        } catch (Exception e) {
            faults.add(e.toString());
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        faults.add("timeout");
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        faults.add("I/O");
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {}

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {}

    @Override
    public void close() {
        stack.stop();
    }
}
