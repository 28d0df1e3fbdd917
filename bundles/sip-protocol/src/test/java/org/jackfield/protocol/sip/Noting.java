package org.jackfield.protocol.sip;

import java.util.List;

/** Writes down what comes back, a status or a failure by its name. */
record Noting(List<String> heard) implements ResponseHandler {
    @Override
    public void onResponse(ClientTransaction transaction, SipMessage response) {
        heard.add(String.valueOf(response.status()));
    }

    @Override
    public void onFailure(ClientTransaction transaction, Failure failure) {
        heard.add(failure.toString());
    }
}
