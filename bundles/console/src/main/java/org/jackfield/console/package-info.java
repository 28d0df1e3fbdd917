/** What operators see: status page, JSON, shell. Reads services, decides nothing. */
@NullMarked
package org.jackfield.console;

import org.jspecify.annotations.NullMarked;
