package org.jackfield.twin.acd;

/** One SIP leg as the ACD's call control sees it. Used on the ACD's thread only; never blocks. */
interface Line {
    /** 180 towards a caller. */
    void ringing();

    /** 182 towards a caller: the call waits in a queue (RFC 3261 section 21.1.4). */
    void queued();

    /** 200 towards a caller. */
    void answer();

    /** A final refusal towards a caller. */
    void refuse(int status);

    /** Ends the leg whatever state it is in: CANCEL, BYE, or a final refusal. */
    void hangUp();

    /** The SIP Call-ID. */
    String sipCallId();

    /** What the far end of a leg does. Called on the ACD's thread. */
    interface Listener {
        void ringing();

        void answered();

        void refused(int status);

        void hungUp();
    }

    /** Makes legs through the trunk. */
    interface Dialer {
        /** Calls {@code number}; {@code uui} is the whole value of User-to-User, empty for none. */
        Line dial(String number, String from, String uui, Listener listener);
    }
}
