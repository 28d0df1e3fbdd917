package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Capability exchange (ECMA-269 clause 13): what a switch can do and which devices it has. */
public sealed interface CapabilityMessage extends CstaMessage {
    /** GetSwitchingFunctionCapabilities. */
    record Functions() implements CapabilityMessage, CstaRequest<FunctionsAnswer> {
        @Override
        public Class<FunctionsAnswer> answer() {
            return FunctionsAnswer.class;
        }
    }

    /**
     * GetSwitchingFunctionCapsResponse, reduced to what a client acts on.
     *
     * @param domain switchingSubDomainName
     * @param statusTimer how often the switch expects SystemStatus, in seconds; null when it does not say
     */
    record FunctionsAnswer(
            @Nullable String domain, @Nullable Integer statusTimer) implements CapabilityMessage {}

    /** GetCSTAFeatures. */
    record Features() implements CapabilityMessage, CstaRequest<FeaturesAnswer> {
        @Override
        public Class<FeaturesAnswer> answer() {
            return FeaturesAnswer.class;
        }
    }

    /** GetCSTAFeaturesResponse: the names below supportedServices and supportedEvents, without their lists. */
    record FeaturesAnswer(List<String> services, List<String> events) implements CapabilityMessage {}

    /** GetSwitchingFunctionDevices; {@code category} is for example {@code acd}, {@code group}, {@code station}. */
    record Devices(@Nullable String category) implements CapabilityMessage, CstaRequest<DevicesAnswer> {
        @Override
        public Class<DevicesAnswer> answer() {
            return DevicesAnswer.class;
        }
    }

    /** GetSwitchingFunctionDevicesResponse: the devices follow in {@link DeviceList} with the same reference. */
    record DevicesAnswer(String crossRef) implements CapabilityMessage {}

    /** SwitchingFunctionDevices, one way: one segment of the devices. */
    record DeviceList(String crossRef, @Nullable Integer segment, boolean last, List<Entry> devices)
            implements CapabilityMessage {}

    /** One device; {@code category} is its deviceCategory. */
    record Entry(String device, @Nullable String category) {}

    /** GetLogicalDeviceInformation. */
    record Logical(String device) implements CapabilityMessage, CstaRequest<LogicalAnswer> {
        @Override
        public Class<LogicalAnswer> answer() {
            return LogicalAnswer.class;
        }
    }

    /** GetLogicalDeviceInformationResponse: the agents and groups that it names. */
    record LogicalAnswer(List<String> agents) implements CapabilityMessage {}
}
