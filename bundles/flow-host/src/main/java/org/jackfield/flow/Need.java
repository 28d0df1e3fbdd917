package org.jackfield.flow;

import org.jspecify.annotations.Nullable;

/** Something a flow cannot work without; its text completes the sentence "waits for ...". */
sealed interface Need {
    /** Any link of a kind, or the one with a name. */
    record OfLink(String kind, @Nullable String name) implements Need {
        @Override
        public String toString() {
            return "link " + kind + (name == null ? "" : ":" + name);
        }
    }

    /** The service with the property {@code flow.bean=NAME}. */
    record OfBean(String name) implements Need {
        @Override
        public String toString() {
            return "bean " + name;
        }
    }

    /** True when a change of {@code changed} can matter to this need. */
    default boolean concerns(Need changed) {
        if (this instanceof OfLink mine && changed instanceof OfLink other) {
            return mine.kind().equals(other.kind());
        }
        return equals(changed);
    }
}
