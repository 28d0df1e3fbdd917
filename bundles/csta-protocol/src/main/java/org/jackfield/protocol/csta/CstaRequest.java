package org.jackfield.protocol.csta;

/** A message that is answered with the same invoke id, by an {@code A} or by a {@link CstaError}. */
public sealed interface CstaRequest<A extends CstaMessage> extends CstaMessage
        permits SessionMessage.Start,
                SessionMessage.ResetTimer,
                SessionMessage.Stop,
                SystemMessage.Status,
                SystemMessage.Request,
                MonitorMessage.Start,
                MonitorMessage.Stop,
                MonitorMessage.Snapshot,
                MonitorMessage.SnapshotOfCall,
                SystemMessage.Register,
                SystemMessage.RegisterCancel,
                CapabilityMessage.Functions,
                CapabilityMessage.Features,
                CapabilityMessage.Devices,
                CapabilityMessage.Logical,
                AgentMessage.Set,
                AgentMessage.Get,
                RouteMessage.Register,
                RouteMessage.RegisterCancel,
                CallMessage.Make,
                CallMessage.Act,
                CallMessage.Clear,
                CallMessage.Consult,
                CallMessage.Reconnect,
                CallMessage.Transfer,
                CallMessage.Conference,
                CallMessage.SingleStepConference,
                CallMessage.SingleStepTransfer,
                CallMessage.Deflect {
    /** The kind of its positive answer. */
    Class<A> answer();
}
