package org.jackfield.protocol.csta;

/**
 * CSTAErrorCode: the negative answer to any CSTA request.
 *
 * @param category the child element: {@code operation}, {@code security}, {@code stateIncompatibility}, ...
 * @param code its text, the literal of ECMA-269 13.3, for example {@code invalidDeviceID}
 */
public record CstaError(String category, String code) implements CstaMessage {
    public static final String OPERATION = "operation";
    public static final String SECURITY = "security";
    public static final String STATE_INCOMPATIBILITY = "stateIncompatibility";
    /** Spelled as the schema spells it. */
    public static final String SYSTEM_RESOURCE = "systemResourceAvailibility";

    public static final String SUBSCRIBED_RESOURCE = "subscribedResourceAvailability";
    public static final String PERFORMANCE_MANAGEMENT = "performanceManagement";
    public static final String PRIVATE_DATA = "privateData";
    public static final String PRIVATE = "privateErrorCode";
    public static final String UNSPECIFIED = "unspecified";

    /** True when the same request may succeed later: the peer was busy or over a limit. */
    public boolean retryable() {
        return category.equals(SYSTEM_RESOURCE)
                || category.equals("systemResourceAvailability")
                || category.equals(PERFORMANCE_MANAGEMENT);
    }
}
