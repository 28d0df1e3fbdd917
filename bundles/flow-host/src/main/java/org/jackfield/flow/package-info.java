/** Turns route files into running flows: lint, hand-over, the {@code bus:} and link endpoints, offers. */
@NullMarked
package org.jackfield.flow;

import org.jspecify.annotations.NullMarked;
