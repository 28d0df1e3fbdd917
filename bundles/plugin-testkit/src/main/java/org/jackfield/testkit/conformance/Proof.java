package org.jackfield.testkit.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A test that names an assertion, and what came of it.
 *
 * @param id the assertion, for example {@code ACD-01}
 * @param test {@code org.jackfield.acd.csta.FrameTest#method}
 */
record Proof(String id, Outcome outcome, String test) {
    /** Folder below each module in which the proofs of its last test run lie, one file a test class. */
    static final Path FOLDER = Path.of("target", "conformance");

    private static final Set<String> NOT_LOOKED_INTO =
            Set.of(".git", "src", "classes", "test-classes", "hosts", "node_modules");

    /** What came of a test; the later one wins when a test ran several times, with several arguments for example. */
    enum Outcome {
        PASSED,
        SKIPPED,
        FAILED;

        Outcome worse(Outcome other) {
            return compareTo(other) < 0 ? other : this;
        }
    }

    String line() {
        return id + "\t" + outcome + "\t" + test;
    }

    static Proof parse(String line) {
        var parts = line.split("\t", 3);
        return new Proof(parts[0], Outcome.valueOf(parts[1]), parts[2]);
    }

    /** All proofs of all modules below a folder. */
    static List<Proof> readAll(Path root) {
        var found = new ArrayList<Proof>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    var name = folder.getFileName();
                    return name != null && NOT_LOOKED_INTO.contains(name.toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    var folder = file.getParent();
                    if (folder != null
                            && folder.endsWith(FOLDER)
                            && file.toString().endsWith(".tsv")) {
                        Files.readAllLines(file).forEach(line -> found.add(parse(line)));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
