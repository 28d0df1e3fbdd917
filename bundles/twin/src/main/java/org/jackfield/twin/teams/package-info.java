/** Entra's token endpoint and Graph's presence resource, with their rules, limits and faults. */
@NullMarked
package org.jackfield.twin.teams;

import org.jspecify.annotations.NullMarked;
