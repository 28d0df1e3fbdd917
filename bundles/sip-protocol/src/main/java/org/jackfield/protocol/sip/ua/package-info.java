/** A plain user agent on the stack, for stand-ins, tests and tools: place calls, take calls, refer. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.protocol.sip.ua;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
