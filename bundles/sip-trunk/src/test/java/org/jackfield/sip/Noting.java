package org.jackfield.sip;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jackfield.protocol.sip.ClientTransaction;
import org.jackfield.protocol.sip.ResponseHandler;
import org.jackfield.protocol.sip.SipMessage;

/** Keeps what comes back, in order; a request that failed without an answer is a 0 among the statuses. */
final class Noting implements ResponseHandler {
    final List<SipMessage> responses = new CopyOnWriteArrayList<>();
    final List<Integer> answers = new CopyOnWriteArrayList<>();

    @Override
    public void onResponse(ClientTransaction transaction, SipMessage response) {
        responses.add(response);
        answers.add(response.status());
    }

    @Override
    public void onFailure(ClientTransaction transaction, Failure failure) {
        answers.add(0);
    }
}
