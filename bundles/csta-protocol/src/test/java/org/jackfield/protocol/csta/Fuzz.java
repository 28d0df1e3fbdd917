package org.jackfield.protocol.csta;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

/** Runs mutated inputs through the reader and counts what became of them; for one thread. */
final class Fuzz {
    /** What one input may cost: its frame copied, its text, its names and records, a few times over. */
    private static final long MOST_BYTES = 64L * Frame.MAX_LENGTH;

    private static final long MOST_NANOS = 5_000_000_000L;
    private static final int MESSAGES_PER_DECODER = 1000;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private MessageDecoder decoder = new MessageDecoder();
    private long inputs;
    private long framed;
    private long messages;
    private long known;
    private long faults;
    private long most;
    private long slowest;

    /** Loads the classes first, so that no input pays for them. */
    Fuzz() {
        for (long seed = 0; seed < 2000; seed++) {
            take(new Mutator(seed).wire());
        }
        inputs = framed = messages = known = faults = 0;
    }

    void run(long seed) {
        byte[] wire = new Mutator(seed).wire();
        long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        long nanos = System.nanoTime();
        try {
            take(wire);
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + " (expected: a message or a named fault)", e);
        }
        long took = System.nanoTime() - nanos;
        long cost = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes;
        most = Math.max(most, cost);
        slowest = Math.max(slowest, took);
        if (cost > MOST_BYTES || took > MOST_NANOS) {
            throw new AssertionError("seed " + seed + ": " + cost + " bytes, " + took + " ns (expected: at most "
                    + MOST_BYTES + " and " + MOST_NANOS + ")");
        }
    }

    private void take(byte[] wire) {
        if (inputs++ % MESSAGES_PER_DECODER == 0) {
            decoder = new MessageDecoder();
        }
        boolean past = false;
        try {
            var frames = new FrameDecoder();
            frames.feed(ByteBuffer.wrap(wire));
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                past = true;
                read(frame);
            }
        } catch (CstaFormatException e) {
            assertThat(e.fault()).isNotNull();
            faults++;
        }
        framed += past ? 1 : 0;
    }

    private void read(Frame frame) throws CstaFormatException {
        Received received = decoder.decode(frame);
        assertThat(received.raw()).isNotNull();
        messages++;
        if (!(received.message() instanceof UnknownMessage)) {
            known++;
            byte[] again = MessageEncoder.encode(received.message(), Edition.ED6);
            byte[] twice = MessageEncoder.encode(decoder.decode(again), Edition.ED6);
            assertThat(twice).as("what was read is written and read alike").isEqualTo(again);
        }
    }

    long inputs() {
        return inputs;
    }

    long pastFraming() {
        return framed;
    }

    long messages() {
        return messages;
    }

    long faults() {
        return faults;
    }

    @Override
    public String toString() {
        return framed + " of " + inputs + " past the framing, " + messages + " messages (" + known + " known), "
                + faults + " faults, most bytes " + most + ", slowest " + slowest / 1000 + " us";
    }
}
