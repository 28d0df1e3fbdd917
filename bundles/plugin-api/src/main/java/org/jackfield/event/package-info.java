/** The event records that links publish and flows read; the vocabulary is CSTA's (ECMA-269), the envelope CloudEvents 1.0. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.event;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
