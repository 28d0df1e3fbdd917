package org.jackfield.event;

import java.util.Map;

/** An event whose type this version does not know, or that an integrator made: JSON as maps, lists, strings, numbers. */
public record Custom(String type, Topic topic, String key, Map<String, Object> members) implements EventData {}
