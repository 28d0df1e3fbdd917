/** Where an INVITE or a route request goes, and which agent is next. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.mediation.routing;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
