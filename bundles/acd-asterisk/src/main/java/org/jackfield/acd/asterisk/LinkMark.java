package org.jackfield.acd.asterisk;

import java.time.Instant;

/** When a link was last known to be up, kept in a table so that a gap has its length also after the host's death. */
record LinkMark(String link, Instant up) {}
