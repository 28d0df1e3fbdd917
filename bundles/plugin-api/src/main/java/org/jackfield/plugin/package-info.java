/** The contract between the host and a plugin: links, offers, the bus, tables and status. Needs nothing but the JDK. */
@Export
@Version("1.0.0")
@NullMarked
package org.jackfield.plugin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
