package org.jackfield.testkit.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jackfield.testkit.Conformance;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes down which assertions the tests of a module prove; found by JUnit wherever the test kit is on the class path.
 *
 * <p>A method counts as passed when every run of it has passed. Safe for tests that run in parallel.
 */
public final class ConformanceListener implements TestExecutionListener {
    private final Map<Method, Proof.Outcome> outcomes = new ConcurrentHashMap<>();
    private @Nullable TestPlan plan;

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
        outcomes.clear();
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        record(test, Proof.Outcome.SKIPPED);
        var known = plan;
        if (known != null) {
            known.getDescendants(test).forEach(child -> record(child, Proof.Outcome.SKIPPED));
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        var outcome = switch (result.getStatus()) {
            case SUCCESSFUL -> Proof.Outcome.PASSED;
            case ABORTED -> Proof.Outcome.SKIPPED;
            case FAILED -> Proof.Outcome.FAILED;
        };
        if (test.isTest()) {
            record(test, outcome);
        } else if (outcome != Proof.Outcome.PASSED && isClass(test)) {
            // a class that fails before its tests have run: none of them proves anything
            var known = plan;
            if (known != null) {
                known.getDescendants(test).forEach(child -> record(child, outcome));
            }
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan testPlan) {
        var files = new TreeMap<String, TreeSet<String>>();
        outcomes.forEach((method, outcome) -> {
            var owner = method.getDeclaringClass().getName();
            for (var id : ids(method)) {
                files.computeIfAbsent(owner, any -> new TreeSet<>())
                        .add(new Proof(id, outcome, owner + "#" + method.getName()).line());
            }
        });
        try {
            Files.createDirectories(Proof.FOLDER);
            for (var file : files.entrySet()) {
                Files.write(Proof.FOLDER.resolve(file.getKey() + ".tsv"), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void record(TestIdentifier test, Proof.Outcome outcome) {
        method(test).ifPresent(method -> outcomes.merge(method, outcome, Proof.Outcome::worse));
    }

    private static boolean isClass(TestIdentifier test) {
        return test.getSource().filter(ClassSource.class::isInstance).isPresent();
    }

    private static Optional<Method> method(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getJavaMethod());
    }

    private static Set<String> ids(Method method) {
        var ids = new TreeSet<String>();
        AnnotationSupport.findAnnotation(method, Conformance.class)
                .ifPresent(annotation -> ids.addAll(List.of(annotation.value())));
        AnnotationSupport.findAnnotation(method.getDeclaringClass(), Conformance.class)
                .ifPresent(annotation -> ids.addAll(List.of(annotation.value())));
        return ids;
    }
}
