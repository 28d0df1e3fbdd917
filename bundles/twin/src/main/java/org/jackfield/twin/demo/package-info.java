/** The scene of the demo: acts through the twin's control interface and reads the bus with a plain Kafka consumer. */
@NullMarked
package org.jackfield.twin.demo;

import org.jspecify.annotations.NullMarked;
