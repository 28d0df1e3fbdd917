package org.jackfield.bus;

import java.util.ArrayDeque;

/**
 * The offsets of one partition that were taken and not finished; gives the offset below which all is finished.
 * One thread takes and asks, any thread finishes.
 */
final class Offsets {
    private final ArrayDeque<Taken> taken = new ArrayDeque<>();
    private long low;
    private final boolean fresh;
    private long committed;

    /**
     * @param start the offset of the next record
     * @param fresh the group has no commit in this partition yet
     */
    Offsets(long start, boolean fresh) {
        low = start;
        this.fresh = fresh;
        committed = fresh ? -1 : start;
    }

    boolean fresh() {
        return fresh;
    }

    /** A record that was taken. */
    static final class Taken {
        private final long next;
        private volatile boolean finished;

        private Taken(long next) {
            this.next = next;
        }

        void finish() {
            finished = true;
        }
    }

    Taken take(long offset) {
        var record = new Taken(offset + 1);
        taken.addLast(record);
        return record;
    }

    /** The offset to go on with after a restart. */
    long low() {
        for (Taken head = taken.peekFirst(); head != null && head.finished; head = taken.peekFirst()) {
            low = head.next;
            taken.removeFirst();
        }
        return low;
    }

    boolean dirty() {
        return low() != committed;
    }

    void committed(long offset) {
        committed = offset;
    }

    /** Makes the next commit happen even when nothing was read. */
    void refresh() {
        committed = -1;
    }
}
