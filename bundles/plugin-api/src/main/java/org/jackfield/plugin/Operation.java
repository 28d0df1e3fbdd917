package org.jackfield.plugin;

/**
 * Something a link can be asked to do, by the name that routes use: {@code to: csta:setAgentState}.
 *
 * @param argument the record that the message body must be
 * @param answer what the body is afterwards
 * @param sentence what it does, shown by the shell and the console
 */
public record Operation<Q, A>(String name, Class<Q> argument, Class<A> answer, String sentence) {}
