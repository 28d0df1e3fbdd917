/** The scenarios of Teams' side of a trunk, each played against a running host and judged by assertion. */
@NullMarked
package org.jackfield.twin.scenario;

import org.jspecify.annotations.NullMarked;
