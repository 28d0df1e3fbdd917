package org.jackfield.protocol.sip;

/** Where transactions get their flows from. Used on the stack's thread only. */
interface Transport {
    /** A flow to send requests on; for TCP a connection that this side opened, made when there is none. */
    Flow flow(Hop hop);

    /** The host and port that Via says responses shall come to. */
    String sentBy(Protocol protocol);
}
