package org.jackfield.sip;

import java.util.Properties;
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
import javax.sip.header.ToHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** JAIN-SIP alone in a process, which answers calls and bridges none: what half of a B2BUA costs there. Ends with its input. */
final class JainHost implements SipListener {
    private final int port;
    private final SipFactory factory = SipFactory.getInstance();
    private SipProvider provider;

    private JainHost(int port) {
        this.port = port;
    }

    /** @param args the port */
    public static void main(String[] args) throws Exception {
        JainHost host = new JainHost(Integer.parseInt(args[0]));
        host.start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            System.out.println("figures " + Heap.live() + " 0 0 0");
        }
    }

    private void start() throws Exception {
        org.apache.log4j.BasicConfigurator.configure(new org.apache.log4j.varia.NullAppender());
        factory.setPathName("gov.nist");
        Properties properties = new Properties();
        properties.setProperty("javax.sip.STACK_NAME", "jain" + port);
        properties.setProperty("gov.nist.javax.sip.TRACE_LEVEL", "0");
        properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "2");
        properties.setProperty("gov.nist.javax.sip.REENTRANT_LISTENER", "true");
        properties.setProperty("gov.nist.javax.sip.RECEIVE_UDP_BUFFER_SIZE", "4194304");
        SipStack stack = factory.createSipStack(properties);
        ListeningPoint point = stack.createListeningPoint("127.0.0.1", port, "udp");
        provider = stack.createSipProvider(point);
        provider.addSipListener(this);
    }

    @Override
    public void processRequest(RequestEvent event) {
        try {
            Request request = event.getRequest();
            ServerTransaction transaction = event.getServerTransaction();
            if (request.getMethod().equals(Request.INVITE)) {
                invited(request, transaction == null ? provider.getNewServerTransaction(request) : transaction);
            } else if (!request.getMethod().equals(Request.ACK) && transaction != null) {
                transaction.sendResponse(factory.createMessageFactory().createResponse(200, request));
            }
        } catch (Exception e) {
            System.err.println(e);
        }
    }

    private void invited(Request request, ServerTransaction transaction) throws Exception {
        var headers = factory.createHeaderFactory();
        var contact =
                headers.createContactHeader(factory.createAddressFactory().createAddress("sip:127.0.0.1:" + port));
        for (int status : new int[] {180, 200}) {
            Response response = factory.createMessageFactory().createResponse(status, request);
            ((ToHeader) response.getHeader(ToHeader.NAME)).setTag("jain");
            response.addHeader(contact);
            if (status == 200) {
                response.setContent(Rig.ANSWER, headers.createContentTypeHeader("application", "sdp"));
            }
            transaction.sendResponse(response);
        }
    }

    @Override
    public void processResponse(ResponseEvent event) {}

    @Override
    public void processTimeout(TimeoutEvent event) {}

    @Override
    public void processIOException(IOExceptionEvent event) {}

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {}

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {}
}
