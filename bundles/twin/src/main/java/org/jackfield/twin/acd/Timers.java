package org.jackfield.twin.acd;

/** Runs things later on the ACD's thread. */
interface Timers {
    /** A timer that can be stopped; stopping one that has run does nothing. */
    interface Timer {
        void cancel();
    }

    Timer after(long millis, Runnable task);
}
