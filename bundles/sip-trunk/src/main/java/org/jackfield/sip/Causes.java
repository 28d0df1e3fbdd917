package org.jackfield.sip;

/** Status codes across the B2BUA and their Q.850 causes. Stateless. */
final class Causes {
    private Causes() {}

    /**
     * What the caller's side gets for a final answer of the other side: most pass as they are. A redirect or a challenge
     * is nothing for the caller, and Teams must not see 408 or 504 for what is no failure of the trunk.
     */
    static int across(int status) {
        if (status < 400) {
            return 480;
        }
        return switch (status) {
            case 401, 407 -> 403;
            case 408, 504 -> 480;
            case 420, 421, 422, 423, 429, 439, 440, 469, 481, 482, 483, 489, 491, 493, 494 -> status == 422 ? 422 : 500;
            default -> status > 699 ? 500 : status;
        };
    }

    /** RFC 4497 section 8.4.4, except 486 which is always 17. */
    static int q850(int status) {
        return switch (status) {
            case 400 -> 41;
            case 401, 402, 403, 407, 603 -> 21;
            case 404, 485, 604 -> 1;
            case 405 -> 63;
            case 406, 415, 501 -> 79;
            case 488, 606 -> 65;
            case 420 -> 127;
            case 408, 504 -> 102;
            case 410 -> 22;
            case 422 -> 127;
            case 413, 414, 416, 421, 505, 513 -> 127;
            case 423 -> 127;
            case 480 -> 18;
            case 481, 500, 503 -> 41;
            case 482, 483 -> 25;
            case 484 -> 28;
            case 486, 600 -> 17;
            case 487 -> 127;
            case 502 -> 38;
            default -> 31;
        };
    }

    static String phrase(int status) {
        return switch (status) {
            case 302 -> "Moved Temporarily";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 416 -> "Unsupported URI Scheme";
            case 420 -> "Bad Extension";
            case 422 -> "Session Interval Too Small";
            case 480 -> "Temporarily Unavailable";
            case 481 -> "Call/Transaction Does Not Exist";
            case 482 -> "Loop Detected";
            case 483 -> "Too Many Hops";
            case 486 -> "Busy Here";
            case 487 -> "Request Terminated";
            case 488 -> "Not Acceptable Here";
            case 491 -> "Request Pending";
            case 500 -> "Server Internal Error";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            case 504 -> "Server Time-out";
            case 600 -> "Busy Everywhere";
            case 603 -> "Decline";
            default -> "Refused";
        };
    }
}
