package org.jackfield.protocol.csta;

/** One message of ECMA-323 or ECMA-354, as a record. Immutable; secrets in it print as stars. */
public sealed interface CstaMessage
        permits CstaRequest,
                SessionMessage,
                SystemMessage,
                MonitorMessage,
                CapabilityMessage,
                FeatureMessage,
                AgentMessage,
                RouteMessage,
                CallMessage,
                AgentEvent,
                CallEvent,
                CstaError,
                UnknownMessage {}
