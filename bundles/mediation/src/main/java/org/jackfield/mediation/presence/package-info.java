/** Which presence Teams shall show and which state the ACD shall give an agent, decided from what both sides did. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.mediation.presence;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
