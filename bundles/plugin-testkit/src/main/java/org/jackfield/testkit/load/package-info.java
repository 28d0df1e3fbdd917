/** Load on a SIP host beside load on another in the same minutes: the generator, Kamailio as the measure, and the rounds. */
@NullMarked
package org.jackfield.testkit.load;

import org.jspecify.annotations.NullMarked;
