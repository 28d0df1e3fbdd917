package org.jackfield.protocol.sip;

import org.jspecify.annotations.Nullable;

/**
 * Many timers at little cost: a hashed wheel of 10 ms ticks, cancel in constant time.
 * For one thread, which calls {@link #advance}; so tests turn it by hand.
 */
public final class TimerWheel {
    /** How precise timers are, in milliseconds. */
    public static final int TICK = 10;

    private static final int SIZE = 1024;

    private final Timer[] buckets = new Timer[SIZE];
    private final long origin;
    private long tick;
    private int size;

    /** @param now the present in milliseconds of any monotonic clock */
    public TimerWheel(long now) {
        this.origin = now;
        for (int i = 0; i < SIZE; i++) {
            Timer head = new Timer(() -> {}, 0);
            head.next = head;
            head.previous = head;
            buckets[i] = head;
        }
    }

    /** Something that will run once, unless cancelled. */
    public static final class Timer {
        private final Runnable task;
        private final long tick;
        private @Nullable Timer next;
        private @Nullable Timer previous;

        private Timer(Runnable task, long tick) {
            this.task = task;
            this.tick = tick;
        }
    }

    /** Runs {@code task} once, not before {@code delay} milliseconds have passed. */
    public Timer schedule(long delay, Runnable task) {
        Timer timer = new Timer(task, tick + Math.max(1, (delay + TICK - 1) / TICK));
        Timer head = buckets[(int) (timer.tick & (SIZE - 1))];
        Timer last = head.previous == null ? head : head.previous;
        timer.previous = last;
        timer.next = head;
        last.next = timer;
        head.previous = timer;
        size++;
        return timer;
    }

    /** Takes a timer back; one that has run, was cancelled or is null is left alone. */
    public void cancel(@Nullable Timer timer) {
        if (timer == null || timer.next == null || timer.previous == null) {
            return;
        }
        timer.previous.next = timer.next;
        timer.next.previous = timer.previous;
        timer.next = null;
        timer.previous = null;
        size--;
    }

    /** The wheel's present, in milliseconds since it was made. */
    long now() {
        return tick * TICK;
    }

    /** How many timers wait. */
    public int size() {
        return size;
    }

    /** Runs what is due at {@code now}, in order of ticks; tasks may schedule and cancel. */
    public void advance(long now) {
        long target = Math.max(tick, (now - origin) / TICK);
        while (tick < target) {
            if (size == 0) {
                tick = target;
                return;
            }
            tick++;
            Timer head = buckets[(int) (tick & (SIZE - 1))];
            Timer timer = head.next;
            while (timer != null && timer != head) {
                if (timer.tick > tick) {
                    timer = timer.next;
                    continue;
                }
                cancel(timer);
                timer.task.run();
                timer = head.next; // the bucket may have changed meanwhile
            }
        }
    }
}
