package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/**
 * A device as events name it: an identifier, or why there is none.
 *
 * @param id empty unless {@code kind} is {@link Kind#IDENTIFIER}
 */
public record Device(Kind kind, String id) {
    /** The choices of SubjectDeviceID, CallingDeviceID, CalledDeviceID and RedirectionDeviceID. */
    public enum Kind {
        IDENTIFIER("deviceIdentifier"),
        NOT_KNOWN("notKnown"),
        RESTRICTED("restricted"),
        NOT_REQUIRED("notRequired"),
        NOT_SPECIFIED("notSpecified");

        private final String element;

        Kind(String element) {
            this.element = element;
        }

        String element() {
            return element;
        }
    }

    public static final Device NOT_KNOWN = new Device(Kind.NOT_KNOWN, "");
    public static final Device NOT_REQUIRED = new Device(Kind.NOT_REQUIRED, "");

    public static Device of(String id) {
        return new Device(Kind.IDENTIFIER, id);
    }

    /** The identifier of a device that may be absent; null when there is none. */
    public static @Nullable String idOf(@Nullable Device device) {
        return device == null || device.kind != Kind.IDENTIFIER ? null : device.id;
    }

    static Device read(@Nullable String choice, String text) {
        if (choice != null) {
            for (Kind kind : Kind.values()) {
                if (kind != Kind.IDENTIFIER && kind.element.equals(choice)) {
                    return new Device(kind, "");
                }
            }
        }
        return text.isEmpty() ? NOT_KNOWN : of(text);
    }
}
