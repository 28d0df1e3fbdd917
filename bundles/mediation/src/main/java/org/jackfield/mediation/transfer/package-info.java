/** Who carries out a transfer, and what became of it. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.mediation.transfer;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
