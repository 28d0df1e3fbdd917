/** A user agent over the project's own SIP stack: legs, early and confirmed, in either direction. */
@NullMarked
package org.jackfield.twin.sip;

import org.jspecify.annotations.NullMarked;
