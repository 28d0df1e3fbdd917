/** The link of kind {@code ami}: an Asterisk as ACD, by its manager interface; nothing of it is for others. */
@NullMarked
package org.jackfield.acd.asterisk;

import org.jspecify.annotations.NullMarked;
