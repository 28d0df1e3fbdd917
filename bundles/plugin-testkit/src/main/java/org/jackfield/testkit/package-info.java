/** What tests of this project and of plugins share: conformance tags and the distribution under test. */
@NullMarked
package org.jackfield.testkit;

import org.jspecify.annotations.NullMarked;
