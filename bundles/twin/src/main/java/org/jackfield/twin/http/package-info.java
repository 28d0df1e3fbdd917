/** A few lines over the JDK's HTTP server: routes with variables, JSON in and out. */
@NullMarked
package org.jackfield.twin.http;

import org.jspecify.annotations.NullMarked;
