package org.jackfield.sip;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** How much of the heap is alive. */
final class Heap {
    private static final int ROUNDS = 4;

    private Heap() {}

    /** Bytes that survive collections, the least of some rounds: references and cleaners need more than one. */
    static long live() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
