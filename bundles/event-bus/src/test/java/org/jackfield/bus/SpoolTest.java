package org.jackfield.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.jackfield.plugin.SpoolFullException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final int SEGMENT = 4096;

    @TempDir
    Path dir;

    @Test
    void recordsComeBackInOrderAfterReopening() throws IOException {
        try (Spool spool = open(16)) {
            IntStream.range(0, 200).forEach(i -> append(spool, "record " + i));
        }
        try (Spool spool = open(16)) {
            assertThat(texts(spool, 1)).hasSize(200).startsWith("record 0").endsWith("record 199");
            assertThat(spool.last()).isEqualTo(200);
            assertThat(append(spool, "more")).isEqualTo(201);
            assertThat(texts(spool, 199)).containsExactly("record 198", "record 199", "more");
        }
    }

    @Test
    void nodeIdIsMadeOncePerDirectory() throws IOException {
        String node;
        try (Spool spool = open(4)) {
            node = spool.node();
        }
        try (Spool spool = open(4)) {
            assertThat(spool.node()).isEqualTo(node).startsWith("n1-");
        }
        try (Spool other =
                Spool.open(dir.resolve("other"), "n1", SEGMENT * 4, SEGMENT, Clock.systemUTC(), Runnable::run)) {
            assertThat(other.node()).isNotEqualTo(node);
        }
    }

    @Test
    void oneDirectoryHasOneHost() throws IOException {
        try (Spool spool = open(4)) {
            assertThat(spool.last()).isZero();
            assertThatThrownBy(() -> open(4)).isInstanceOf(IOException.class).hasMessageContaining("in use");
        }
    }

    @Test
    void recordTornByDeathIsCutAndItsPositionGivenAgain() throws IOException {
        try (Spool spool = open(4)) {
            append(spool, "first");
            append(spool, "second, which will be torn");
        }
        Path segment = segments().get(0);
        try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(16 + 28 + 5 + 28 + 10);
            file.writeInt(0x12345678);
        }
        try (Spool spool = open(4)) {
            assertThat(texts(spool, 1)).containsExactly("first");
            assertThat(append(spool, "again")).isEqualTo(2);
            assertThat(texts(spool, 1)).containsExactly("first", "again");
        }
    }

    @Test
    void tailOfAnyGarbageGivesTheRecordsBeforeIt() throws IOException {
        var random = new Random(7);
        for (int round = 0; round < 50; round++) {
            Path own = dir.resolve("garbage-" + round);
            int count = 1 + random.nextInt(20);
            long end;
            try (Spool spool = Spool.open(own, "n1", SEGMENT * 4, SEGMENT, Clock.systemUTC(), Runnable::run)) {
                IntStream.range(0, count).forEach(i -> append(spool, "r" + i));
                end = 16
                        + IntStream.range(0, count)
                                .map(i -> 28 + ("r" + i).length())
                                .sum();
            }
            try (var files = Files.list(own);
                    var file = new RandomAccessFile(
                            files.filter(f -> f.toString().endsWith(".seg"))
                                    .findFirst()
                                    .orElseThrow()
                                    .toFile(),
                            "rw")) {
                byte[] garbage = new byte[1 + random.nextInt(200)];
                random.nextBytes(garbage);
                file.seek(end);
                file.write(garbage);
            }
            try (Spool spool = Spool.open(own, "n1", SEGMENT * 4, SEGMENT, Clock.systemUTC(), Runnable::run)) {
                assertThat(texts(spool, 1)).hasSize(count);
                assertThat(append(spool, "next")).isEqualTo(count + 1);
            }
        }
    }

    @Test
    void fullSpoolRefusesAndTakesAgainAfterRelease() throws IOException {
        try (Spool spool = open(3)) {
            long appended = fill(spool);
            assertThat(spool.fill()).isGreaterThan(0.9);
            assertThat(spool.last()).isEqualTo(appended);
            spool.release(appended);
            assertThat(spool.segmentCount()).isEqualTo(1);
            assertThat(append(spool, "room again, after the others were given back"))
                    .isEqualTo(appended + 1);
        }
        try (Spool spool = open(3)) {
            assertThat(texts(spool, spool.first())).last().asString().startsWith("room again");
        }
    }

    @Test
    void segmentsUsedAgainHoldOnlyWhatIsNew() throws IOException {
        List<String> kept = new ArrayList<>();
        try (Spool spool = open(3)) {
            Spool.Cursor cursor = spool.cursor(1);
            for (int i = 0; i < 2000; i++) {
                append(spool, "text " + i);
                Segment.Entry entry = cursor.next();
                kept.add(text(entry));
                spool.release(entry.position());
            }
            assertThat(cursor.next()).isNull();
            assertThat(spool.segmentCount()).isLessThanOrEqualTo(2);
        }
        assertThat(kept).hasSize(2000).endsWith("text 1999");
        try (Spool spool = open(3)) {
            assertThat(spool.last()).isEqualTo(2000);
            assertThat(texts(spool, 1999)).containsExactly("text 1998", "text 1999");
        }
    }

    @Test
    void nextSegmentIsMadeAtTheSideAndOnlyRenamedWhenItsTimeComes() throws IOException {
        Deque<Runnable> side = new ArrayDeque<>();
        try (Spool spool = open(3, side::add)) {
            append(spool, "a little");
            assertThat(side).as("before a quarter is full").isEmpty();
            IntStream.range(0, 40).forEach(i -> append(spool, "some text that takes its room"));
            assertThat(side).as("asked for once").hasSize(1);
            assertThat(spool.segmentCount()).isEqualTo(1);
            side.remove().run();
            assertThat(spares()).hasSize(1);
            Object made = inode(spares().get(0));
            appendUntil(spool, 2);
            assertThat(spares()).isEmpty();
            assertThat(inode(segments().get(1))).isEqualTo(made);
            appendUntil(spool, 3);
            assertThat(side).as("asked for again, and late").hasSize(1);
            long last = fill(spool);
            assertThat(side).as("the bound leaves no room for one more").hasSize(1);
            assertThat(texts(spool, 1)).hasSize((int) last);
        }
    }

    @Test
    void whatIsGivenBackAtOnceIsUsedAgain() throws IOException {
        Deque<Runnable> side = new ArrayDeque<>();
        try (Spool spool = open(4, side::add)) {
            fill(spool);
            Set<Object> before = inodes(segments());
            spool.release(spool.last());
            assertThat(spares()).hasSize(2);
            side.clear();
            appendUntil(spool, 3);
            assertThat(before).containsAll(inodes(segments()));
            assertThat(side).as("nothing to be made while there is a spare").hasSizeLessThanOrEqualTo(1);
        }
        try (Spool spool = open(4, side::add)) {
            assertThat(texts(spool, spool.first())).isNotEmpty();
            assertThat(spares()).as("of the life before").isEmpty();
        }
    }

    @Test
    void sideThatTakesNothingAnyMoreKeepsNobodyFromAppending() throws IOException {
        try (Spool spool = open(3, work -> {
            throw new RejectedExecutionException("closing");
        })) {
            long last = fill(spool);
            assertThat(texts(spool, 1)).hasSize((int) last);
            assertThat(spool.segmentCount()).isEqualTo(3);
        }
    }

    @Test
    void releaseKeepsTheSegmentOfAnUnshippedRecord() throws IOException {
        try (Spool spool = open(16)) {
            IntStream.range(0, 300).forEach(i -> append(spool, "record " + i));
            spool.release(150);
            assertThat(spool.first()).isLessThanOrEqualTo(151);
            assertThat(texts(spool, 151)).first().isEqualTo("record 150");
        }
    }

    @Test
    void timeOfRecordingNeverGoesBack() throws IOException {
        var clock = new StepClock(Instant.parse("2026-01-01T10:00:00Z"));
        try (Spool spool = Spool.open(dir, "n1", SEGMENT * 4, SEGMENT, clock, Runnable::run)) {
            append(spool, "a");
            clock.now = Instant.parse("2026-01-01T09:00:00Z");
            append(spool, "b");
            Spool.Cursor cursor = spool.cursor(1);
            assertThat(cursor.next().recorded()).isEqualTo(cursor.next().recorded());
        }
    }

    @Test
    void positionsJumpWhenTheMachineWentDown() throws IOException {
        try (Spool spool = open(4)) {
            append(spool, "on disk");
        }
        Path file = dir.resolve("node");
        Files.writeString(file, Files.readString(file).replaceAll("boot=.*", "boot=of-another-start"));
        try (Spool spool = open(4)) {
            assertThat(append(spool, "after")).isEqualTo(2 + Spool.JUMP);
            assertThat(texts(spool, 1)).containsExactly("on disk", "after");
            assertThat(texts(spool, 2)).containsExactly("after");
        }
    }

    @Test
    void recordThatFitsNoSegmentIsRefused() throws IOException {
        try (Spool spool = open(4)) {
            assertThatThrownBy(() -> append(spool, "x".repeat(SEGMENT)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: at most");
        }
    }

    private long fill(Spool spool) {
        long appended = 0;
        while (true) {
            try {
                appended = append(spool, "some text that takes its room");
            } catch (SpoolFullException e) {
                return appended;
            }
        }
    }

    private Spool open(int segments) throws IOException {
        return open(segments, Runnable::run);
    }

    private Spool open(int segments, Executor side) throws IOException {
        return Spool.open(dir, "n1", (long) SEGMENT * segments, SEGMENT, Clock.systemUTC(), side);
    }

    private static void appendUntil(Spool spool, int segments) {
        while (spool.segmentCount() < segments) {
            append(spool, "some text that takes its room");
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static Set<Object> inodes(List<Path> files) throws IOException {
        Set<Object> inodes = new HashSet<>();
        for (Path file : files) {
            inodes.add(inode(file));
        }
        return inodes;
    }

    private List<Path> spares() throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(f -> f.getFileName().toString().startsWith("spare"))
                    .toList();
        }
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(f -> f.toString().endsWith(".seg")).sorted().toList();
        }
    }

    static long append(Spool spool, String text) {
        var encoder = new Encoder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        encoder.reset().write(bytes, 0, bytes.length);
        return spool.append(encoder).position();
    }

    static List<String> texts(Spool spool, long from) {
        List<String> texts = new ArrayList<>();
        Spool.Cursor cursor = spool.cursor(from);
        for (Segment.Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            texts.add(text(entry));
        }
        return texts;
    }

    private static String text(Segment.Entry entry) {
        return new String(entry.payload(), StandardCharsets.UTF_8);
    }

    private static final class StepClock extends Clock {
        private Instant now;

        StepClock(Instant now) {
            this.now = now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
