package org.jackfield.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that needs foreign programs on the path, for example {@code @RequiresPeer("sipp")}.
 *
 * <p>When one is missing the test is skipped with a sentence that says so; with {@code JACKFIELD_PEERS=required} in the
 * environment, as CI sets it, it fails.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(Peers.class)
public @interface RequiresPeer {
    /** The programs' names, as one would type them. */
    String[] value();
}
