/** The embedded Kafka broker, started by the host as a child process. */
@NullMarked
package org.jackfield.broker;

import org.jspecify.annotations.NullMarked;
