/**
 * ECMA-323 and ECMA-354 for the ACD, written apart from the host's own codec, so that each is a check of the other.
 */
@NullMarked
package org.jackfield.twin.acd.csta;

import org.jspecify.annotations.NullMarked;
