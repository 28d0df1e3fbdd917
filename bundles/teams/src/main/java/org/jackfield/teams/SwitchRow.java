package org.jackfield.teams;

/** The row of the table {@code teams-switch}: whether an operator has stopped the writing of an application, and why. */
record SwitchRow(boolean on, String reason) {}
