/** The link of kind {@code csta}: follows agents, calls and route requests of an ACD that speaks CSTA in XML (ECMA-323). */
@NullMarked
package org.jackfield.acd.csta;

import org.jspecify.annotations.NullMarked;
