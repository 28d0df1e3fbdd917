package org.jackfield.testkit;

import static java.util.function.Predicate.not;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** The foreign programs that tests talk to, and what is done when one is not installed. */
public final class Peers implements ExecutionCondition {
    private static final String VARIABLE = "JACKFIELD_PEERS";

    /** True when a missing peer fails its tests in place of skipping them. */
    public static boolean required() {
        return "required".equals(System.getenv(VARIABLE));
    }

    /** Where a program lies on the path. */
    public static Optional<Path> find(String program) {
        var path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(java.io.File.pathSeparator))
                .filter(not(String::isBlank))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), RequiresPeer.class)
                .map(annotation -> judge(annotation.value(), required()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no foreign peer"));
    }

    static ConditionEvaluationResult judge(String[] programs, boolean required) {
        var missing = Arrays.stream(programs)
                .filter(program -> find(program).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("found " + String.join(", ", programs));
        }
        var sentence = String.join(", ", missing) + " is not installed, so nothing is proven against it here.";
        if (required) {
            throw new IllegalStateException(sentence + " " + VARIABLE + "=required says it must be.");
        }
        return ConditionEvaluationResult.disabled(sentence);
    }
}
