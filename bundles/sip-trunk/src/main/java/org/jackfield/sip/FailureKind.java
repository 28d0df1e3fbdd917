package org.jackfield.sip;

/** Whose matter a refusal of the SBC side is, for metrics and for the person on call. */
enum FailureKind {
    /** The peer is out of order: the next one may do it. */
    NEXT_TARGET,
    /** Somebody has to change a setting here, at the SBC or in the tenant. */
    CONFIGURATION,
    /** The person called cannot or does not want to. */
    CALLEE,
    /** This caller, or this number, will not get there. */
    CALLER,
    /** The two ends found no media to talk by. */
    MEDIA;

    private static final int NOT_IMPLEMENTED = 63;

    /**
     * The kind of a final answer.
     *
     * @param status from 300 to 699
     * @param cause the Q.850 cause beside it, -1 when there is none
     */
    static FailureKind of(int status, int cause) {
        return switch (status) {
            case 408, 503, 504 -> NEXT_TARGET;
            case 403 -> cause == NOT_IMPLEMENTED ? CONFIGURATION : CALLER;
            case 404, 412, 484, 604 -> CALLER;
            case 410, 415, 488, 606 -> MEDIA;
            case 480, 486, 487, 600, 603 -> CALLEE;
            default -> status >= 600 ? CALLEE : CONFIGURATION;
        };
    }

    /** As metrics name it, for example {@code next-target}. */
    String text() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
