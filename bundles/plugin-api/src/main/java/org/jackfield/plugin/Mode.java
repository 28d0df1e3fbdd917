package org.jackfield.plugin;

/** Whether a link may write to its peer. */
public enum Mode {
    /** Decisions are carried out. */
    ACTIVE,
    /** Decisions are made and recorded; nothing is written. */
    OBSERVE
}
