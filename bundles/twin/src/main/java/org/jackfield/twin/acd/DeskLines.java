package org.jackfield.twin.acd;

/**
 * Legs inside the ACD, without SIP: a caller on the ACD's own trunk and a desk phone that answers by itself.
 * For the topology in which the host sees no calls, only CSTA. On the ACD's thread.
 */
final class DeskLines implements Line.Dialer {
    private final Timers timers;
    private final long ringMs;

    DeskLines(Timers timers, long ringMs) {
        this.timers = timers;
        this.ringMs = ringMs;
    }

    /** The caller's leg; {@code answered} runs when the call is answered. */
    static Line caller(String id, Runnable answered) {
        return new Quiet(id, answered);
    }

    @Override
    public Line dial(String number, String from, String uui, Line.Listener listener) {
        var phone = new Phone("desk-" + number, listener);
        timers.after(0, listener::ringing);
        timers.after(ringMs, phone::answer);
        return phone;
    }

    /** A phone that answers by itself after a while, or when it is told to. */
    private static final class Phone implements Line {
        private final String id;
        private final Line.Listener listener;
        private boolean over;

        Phone(String id, Line.Listener listener) {
            this.id = id;
            this.listener = listener;
        }

        @Override
        public void ringing() {}

        @Override
        public void queued() {}

        @Override
        public void answer() {
            if (!over) {
                over = true;
                listener.answered();
            }
        }

        @Override
        public void refuse(int status) {}

        @Override
        public void hangUp() {
            over = true;
        }

        @Override
        public String sipCallId() {
            return id;
        }
    }

    private record Quiet(String sipCallId, Runnable onAnswer) implements Line {
        @Override
        public void ringing() {}

        @Override
        public void queued() {}

        @Override
        public void answer() {
            onAnswer.run();
        }

        @Override
        public void refuse(int status) {}

        @Override
        public void hangUp() {}
    }
}
