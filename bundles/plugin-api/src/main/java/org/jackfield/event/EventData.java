package org.jackfield.event;

/**
 * What an event says, a record whose components are its JSON members.
 * Implementations are immutable and may be read by any thread.
 */
public interface EventData {
    /** The event's type without prefix and version, for example {@code agent.state.changed}. */
    String type();

    /** The topic that carries it. */
    Topic topic();

    /** The key that promises order: the agent id or the call id. */
    String key();
}
