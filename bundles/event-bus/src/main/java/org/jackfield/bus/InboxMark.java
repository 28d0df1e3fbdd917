package org.jackfield.bus;

/** How far a partition of an ACD's topic has been taken, kept in a table; {@code next} is the offset to go on at. */
record InboxMark(long next) {}
