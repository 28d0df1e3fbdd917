package org.jackfield.protocol.sip;

/** Hears what becomes of a request. Called on the stack's thread; must not block. */
public interface ResponseHandler {
    /** Why there is no final response. */
    enum Failure {
        /** Timer B or F fired (RFC 3261 section 8.1.3.1: as if 408 had come). */
        TIMEOUT,
        /** The transport could not deliver it (RFC 3261 section 8.1.3.1: as if 503 had come). */
        TRANSPORT
    }

    /**
     * Every provisional response that comes before the final one, also repeated ones, and one final response; for an
     * INVITE also one 2xx of each other fork that comes within T4 of the first, or before that one has its ACK; a later one
     * is a stray ({@link SipListener#onStray}).
     */
    void onResponse(ClientTransaction transaction, SipMessage response);

    /** Nothing more will come. */
    void onFailure(ClientTransaction transaction, Failure failure);
}
