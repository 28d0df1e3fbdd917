/** The stand-in for Teams, an ACD and an SBC: one process that is stateful, strict, and able to fail by name. */
@NullMarked
package org.jackfield.twin;

import org.jspecify.annotations.NullMarked;
