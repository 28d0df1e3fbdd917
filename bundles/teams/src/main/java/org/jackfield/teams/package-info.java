/** The Teams link: presence out to and in from Microsoft Graph, within budget and with an expiry on every write. */
@NullMarked
package org.jackfield.teams;

import org.jspecify.annotations.NullMarked;
