/** Microsoft Graph's own description of itself, as far as it is at hand, to hold requests and answers against. */
@NullMarked
package org.jackfield.testkit.graph;

import org.jspecify.annotations.NullMarked;
