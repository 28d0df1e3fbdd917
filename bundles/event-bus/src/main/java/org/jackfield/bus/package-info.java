/** The bus: a local spool in front, Kafka behind it, CloudEvents on the wire, tables and dead letters on top. */
@NullMarked
package org.jackfield.bus;

import org.jspecify.annotations.NullMarked;
