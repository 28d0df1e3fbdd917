package org.jackfield.protocol.csta;

/** A password or an authorisation code; it is written to the wire and nowhere else. */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
