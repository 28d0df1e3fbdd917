/** The SIP trunk: a link of kind {@code sip} that bridges calls between the SBC and the ACD and answers transfers. */
@NullMarked
package org.jackfield.sip;

import org.jspecify.annotations.NullMarked;
