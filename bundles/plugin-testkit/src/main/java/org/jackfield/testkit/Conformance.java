package org.jackfield.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the assertions of {@code docs/conformance.yaml} that a test proves, for example {@code @Conformance("DR-58")}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Conformance {
    /** The ids, for example {@code ACD-01}. */
    String[] value();
}
