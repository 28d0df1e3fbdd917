/** What the tests have proven of {@code docs/conformance.yaml}: collected while they run, put together at the end. */
@NullMarked
package org.jackfield.testkit.conformance;

import org.jspecify.annotations.NullMarked;
