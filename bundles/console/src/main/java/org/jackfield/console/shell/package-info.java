/** The shell commands; each calls a service and prints a table. */
@NullMarked
package org.jackfield.console.shell;

import org.jspecify.annotations.NullMarked;
