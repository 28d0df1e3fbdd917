/** SIP (RFC 3261) for user agents: lazy messages, transactions, dialogs, UDP and TCP. Knows neither OSGi services nor Jackfield. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.protocol.sip;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
