/** The rules of mediation in a running host: with memory, clock, configuration and names by which flows find them. */
@NullMarked
package org.jackfield.mediation.service;

import org.jspecify.annotations.NullMarked;
