package org.jackfield.protocol.csta;

import java.util.Locale;

/** Why input was refused; each closes the connection, since the place of the next frame cannot be trusted any more. */
public enum Fault {
    /** Bytes 0-1 are not zero (ECMA-323 Annex G.2 knows no other format here). */
    FORMAT_INDICATOR,
    /** The length counts the 8 bytes of the header too, so less than 8 is none. */
    LENGTH,
    /** Bytes 4-7 are not four ASCII digits. */
    INVOKE_ID,
    /** The body is not well-formed XML. */
    XML,
    /** The body has a document type or an entity of its own. */
    DTD,
    /** The body is nested deeper than {@link MessageDecoder#MAX_DEPTH}. */
    NESTING,
    /** A frame was begun and not finished in time. */
    INCOMPLETE;

    /** As metrics and events name it, for example {@code format-indicator}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
