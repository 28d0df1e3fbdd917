package org.jackfield.protocol.sip;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Many timers at little cost: a hierarchical wheel (Varghese and Lauck, 1987) of 10 ms ticks, four levels of 64 slots, 46
 * hours; what lies beyond waits on the last level. Scheduling and cancelling take constant time, and so does the question
 * when the next timer is due, so that whoever turns the wheel sleeps until then instead of waking with each tick, as Netty's
 * own wheel does on a thread of its own.
 *
 * <p>For one thread, which calls {@link #advance} at the latest when {@link Alarm} says; so tests turn it by hand.
 */
public final class TimerWheel {
    /** How precise timers are, in milliseconds. */
    public static final int TICK = 10;

    /** How late loose timers may be, in milliseconds. */
    public static final int LOOSE = 640;

    private static final int LEVELS = 4;
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final long MASK = SLOTS - 1L;
    private static final long NEVER = Long.MAX_VALUE;

    /** Asks for {@link TimerWheel#advance} earlier than it was asked for before. */
    @FunctionalInterface
    public interface Alarm {
        /** @param millis from now, at least 0 */
        void in(long millis);
    }

    private final Timer[] slots = new Timer[LEVELS * SLOTS];
    /** For each level a bit for each slot that holds something. */
    private final long[] taken = new long[LEVELS];

    private final LongSupplier clock;
    private final Alarm alarm;
    private final long origin;
    private long tick;
    private long asked = NEVER;
    private boolean turning;
    private int size;

    /** A wheel whose time stands still between two calls of {@link #advance}. */
    public TimerWheel(long now) {
        this(() -> now, millis -> {});
    }

    /**
     * @param clock the present in milliseconds of any monotonic clock
     * @param alarm called on the wheel's thread
     */
    public TimerWheel(LongSupplier clock, Alarm alarm) {
        this.clock = clock;
        this.alarm = alarm;
        this.origin = clock.getAsLong();
        for (int i = 0; i < slots.length; i++) {
            Timer head = new Timer(() -> {}, 0);
            head.next = head;
            head.previous = head;
            slots[i] = head;
        }
    }

    /** Something that will run once, unless cancelled. */
    public static final class Timer {
        private final Runnable task;
        private final long tick;
        private int slot;
        private @Nullable Timer next;
        private @Nullable Timer previous;

        private Timer(Runnable task, long tick) {
            this.task = task;
            this.tick = tick;
        }
    }

    /** Runs {@code task} once, not before {@code delay} milliseconds have passed and within a tick of that. */
    public Timer schedule(long delay, Runnable task) {
        return add(task, dueIn(delay));
    }

    /**
     * Runs {@code task} once, not before {@code delay} milliseconds have passed but up to {@value #LOOSE} later, together with
     * others: for what nobody waits for.
     */
    public Timer scheduleLoosely(long delay, Runnable task) {
        int grain = LOOSE / TICK;
        return add(task, (dueIn(delay) + grain - 1) / grain * grain);
    }

    private long dueIn(long delay) {
        long due = (now() + delay + TICK - 1) / TICK;
        return Math.max(tick + 1, due);
    }

    /** The present in milliseconds since the wheel was made; for a task, when it was due. */
    long now() {
        if (turning) {
            return tick * TICK;
        }
        long now = Math.max(tick * TICK, clock.getAsLong() - origin);
        tick = Math.max(tick, Math.min(now / TICK, next() - 1)); // nothing is due until then
        return now;
    }

    private Timer add(Runnable task, long due) {
        Timer timer = new Timer(task, due);
        insert(timer);
        size++;
        if (due < asked && !turning) {
            ask(due);
        }
        return timer;
    }

    private void ask(long due) {
        asked = due;
        alarm.in(Math.max(0, due * TICK - (clock.getAsLong() - origin)));
    }

    /** How many slots of {@code level} have begun until {@code tick}. */
    private static long turn(long tick, int level) {
        return tick >> (BITS * level);
    }

    private void insert(Timer timer) {
        int level = 0;
        while (level < LEVELS - 1 && turn(timer.tick, level) - turn(tick, level) >= SLOTS) {
            level++;
        }
        long turn = Math.min(turn(timer.tick, level), turn(tick, level) + MASK);
        int slot = (int) (turn & MASK);
        timer.slot = level * SLOTS + slot;
        Timer head = slots[timer.slot];
        Timer last = head.previous == null ? head : head.previous;
        timer.previous = last;
        timer.next = head;
        last.next = timer;
        head.previous = timer;
        taken[level] |= 1L << slot;
    }

    /** Takes a timer back; one that has run, was cancelled or is null is left alone. */
    public void cancel(@Nullable Timer timer) {
        if (timer == null || timer.next == null || timer.previous == null) {
            return;
        }
        remove(timer, timer.previous, timer.next);
        size--;
    }

    private void remove(Timer timer, Timer previous, Timer next) {
        previous.next = next;
        next.previous = previous;
        timer.next = null;
        timer.previous = null;
        if (previous == next && next == slots[timer.slot]) {
            taken[timer.slot / SLOTS] &= ~(1L << timer.slot % SLOTS);
        }
    }

    /** How many timers wait. */
    public int size() {
        return size;
    }

    /**
     * Runs what is due at {@code now}, in order of ticks; tasks may schedule and cancel.
     *
     * @throws RuntimeException of the first task that failed; the others have run
     */
    public void advance(long now) {
        long target = Math.max(tick, (now - origin) / TICK);
        RuntimeException failure = null;
        turning = true;
        for (long next = next(); next <= target; next = next()) {
            tick = next;
            cascade();
            failure = run(slots[(int) (tick & MASK)], failure);
        }
        tick = target;
        turning = false;
        asked = NEVER;
        long next = next();
        if (next != NEVER) {
            ask(next);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** The tick of the next timer, or an earlier one at which timers come down a level. */
    private long next() {
        long next = NEVER;
        for (int level = 0; level < LEVELS; level++) {
            if (taken[level] != 0) {
                long following = turn(tick, level) + 1;
                long ahead = Long.numberOfTrailingZeros(Long.rotateRight(taken[level], (int) (following & MASK)));
                next = Math.min(next, (following + ahead) << (BITS * level));
            }
        }
        return next;
    }

    /** Brings down what falls into slots that begin at this tick. */
    private void cascade() {
        for (int level = LEVELS - 1; level > 0; level--) {
            if (turn(tick, level) << (BITS * level) == tick) {
                Timer head = slots[level * SLOTS + (int) (turn(tick, level) & MASK)];
                Timer timer = head.next;
                while (timer != null && timer != head && timer.previous != null && timer.next != null) {
                    remove(timer, timer.previous, timer.next);
                    insert(timer);
                    timer = head.next;
                }
            }
        }
    }

    private @Nullable RuntimeException run(Timer head, @Nullable RuntimeException before) {
        RuntimeException failure = before;
        Timer timer = head.next;
        while (timer != null && timer != head) {
            cancel(timer);
            try {
                timer.task.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
            timer = head.next; // the slot may have changed meanwhile
        }
        return failure;
    }
}
