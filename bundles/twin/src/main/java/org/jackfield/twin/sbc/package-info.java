/** An SBC with everything behind it: the carrier's callers, the agents' phones, and Teams. */
@NullMarked
package org.jackfield.twin.sbc;

import org.jspecify.annotations.NullMarked;
