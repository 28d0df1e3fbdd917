package org.jackfield.bus;

/** What a plugin keeps in a table; on its own so that another class loader can define it again. */
public record Kept(String agent, int number) {}
