/** CSTA Phase III in XML (ECMA-323) over TCP: framing, messages, application session (ECMA-354), for both ends. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.protocol.csta;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
