package org.jackfield.protocol.csta;

/** A well-formed message that this codec does not know; its text is in {@link Received#raw()}. */
public record UnknownMessage(String name) implements CstaMessage {}
