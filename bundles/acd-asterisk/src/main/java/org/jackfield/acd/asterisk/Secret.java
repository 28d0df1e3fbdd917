package org.jackfield.acd.asterisk;

/** A password that does not show itself. */
record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
