package org.jackfield.twin.acd;

import static org.awaitility.Awaitility.await;

import java.util.Optional;
import java.util.concurrent.Callable;

/** Waits for a value to appear. */
final class Waiting {
    private Waiting() {}

    static <T> T until(Callable<Optional<T>> value) {
        return await().until(value, Optional::isPresent).orElseThrow();
    }
}
