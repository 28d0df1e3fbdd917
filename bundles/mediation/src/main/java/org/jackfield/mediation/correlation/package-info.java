/** What belongs to one call, whoever reported it and under which id. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.mediation.correlation;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
