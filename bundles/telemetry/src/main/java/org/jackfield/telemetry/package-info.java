/** The host's meter registry, its Prometheus page and its health pages. */
@NullMarked
package org.jackfield.telemetry;

import org.jspecify.annotations.NullMarked;
