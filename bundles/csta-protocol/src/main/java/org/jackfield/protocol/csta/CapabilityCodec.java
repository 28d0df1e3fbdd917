package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Capability exchange. */
final class CapabilityCodec {
    private CapabilityCodec() {}

    static void register(Codecs to) {
        to.add(
                "GetSwitchingFunctionCapabilities",
                CapabilityMessage.Functions.class,
                in -> new CapabilityMessage.Functions(),
                (m, out) -> {});
        to.add(
                "GetSwitchingFunctionCapsResponse",
                CapabilityMessage.FunctionsAnswer.class,
                CapabilityCodec::functions,
                (m, out) -> {
                    out.leaf("switchingSubDomainName", m.domain());
                    out.leaf("systemStatusTimer", m.statusTimer());
                });
        to.reader("GetSwitchingFunctionCapabilitiesResponse", CapabilityCodec::functions);
        to.add(
                "GetCSTAFeatures",
                CapabilityMessage.Features.class,
                in -> new CapabilityMessage.Features(),
                (m, out) -> {});
        to.add(
                "GetCSTAFeaturesResponse",
                CapabilityMessage.FeaturesAnswer.class,
                CapabilityCodec::features,
                (m, out) -> {
                    names("supportedServices", m.services(), out);
                    names("supportedEvents", m.events(), out);
                });
        to.add(
                "GetSwitchingFunctionDevices",
                CapabilityMessage.Devices.class,
                in -> new CapabilityMessage.Devices(orNull(MonitorCodec.only(in, "requestedDeviceCategory"))),
                (m, out) -> out.leaf("requestedDeviceCategory", m.category()));
        to.add(
                "GetSwitchingFunctionDevicesResponse",
                CapabilityMessage.DevicesAnswer.class,
                in -> new CapabilityMessage.DevicesAnswer(MonitorCodec.only(in, "serviceCrossRefID")),
                (m, out) -> out.leaf("serviceCrossRefID", m.crossRef()));
        to.add(
                "SwitchingFunctionDevices",
                CapabilityMessage.DeviceList.class,
                CapabilityCodec::devices,
                CapabilityCodec::write);
        to.add(
                "GetLogicalDeviceInformation",
                CapabilityMessage.Logical.class,
                in -> new CapabilityMessage.Logical(MonitorCodec.only(in, "device")),
                (m, out) -> out.leaf("device", m.device()));
        to.add(
                "GetLogicalDeviceInformationResponse",
                CapabilityMessage.LogicalAnswer.class,
                CapabilityCodec::logical,
                (m, out) -> {
                    out.open("agentLogicalDeviceList");
                    m.agents().forEach(agent -> out.leaf("agentID", agent));
                    out.close("agentLogicalDeviceList");
                });
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static CapabilityMessage functions(XmlIn in) throws CstaFormatException {
        String domain = null;
        Integer timer = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "switchingSubDomainName" -> domain = in.textOrNull();
                case "systemStatusTimer" -> timer = in.number();
                default -> {}
            }
        }
        return new CapabilityMessage.FunctionsAnswer(domain, timer);
    }

    private static CapabilityMessage features(XmlIn in) throws CstaFormatException {
        var services = new ArrayList<String>();
        var events = new ArrayList<String>();
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "supportedServices" -> in.leaves(services);
                case "supportedEvents" -> in.leaves(events);
                default -> {}
            }
        }
        return new CapabilityMessage.FeaturesAnswer(List.copyOf(services), List.copyOf(events));
    }

    private static void names(String element, List<String> names, XmlOut out) {
        out.open(element);
        names.forEach(out::empty);
        out.close(element);
    }

    private static CapabilityMessage devices(XmlIn in) throws CstaFormatException {
        String crossRef = "";
        Integer segment = null;
        boolean last = false;
        var devices = new ArrayList<CapabilityMessage.Entry>();
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "serviceCrossRefID" -> crossRef = in.text();
                case "segmentID" -> segment = in.number();
                case "lastSegment" -> last = in.bool();
                case "deviceList" -> {
                    int list = in.level();
                    while (in.next(list)) {
                        devices.add(entry(in));
                    }
                }
                default -> {}
            }
        }
        return new CapabilityMessage.DeviceList(crossRef, segment, last, List.copyOf(devices));
    }

    private static CapabilityMessage.Entry entry(XmlIn in) throws CstaFormatException {
        String device = "";
        String category = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "deviceID" -> device = in.text();
                case "deviceCategory" -> category = in.textOrNull();
                default -> {}
            }
        }
        return new CapabilityMessage.Entry(device, category);
    }

    private static void write(CapabilityMessage.DeviceList m, XmlOut out) {
        out.leaf("serviceCrossRefID", m.crossRef());
        out.leaf("segmentID", m.segment());
        out.leaf("lastSegment", m.last());
        out.open("deviceList");
        for (CapabilityMessage.Entry entry : m.devices()) {
            out.open("device");
            out.leaf("deviceID", entry.device());
            out.leaf("deviceCategory", entry.category());
            out.close("device");
        }
        out.close("deviceList");
    }

    private static CapabilityMessage logical(XmlIn in) throws CstaFormatException {
        var agents = new ArrayList<String>();
        int level = in.level();
        while (in.next(level)) {
            int inside = in.level();
            while (in.next(inside)) {
                if (in.name().equals("agentID")) {
                    agents.add(in.text());
                }
            }
        }
        return new CapabilityMessage.LogicalAnswer(List.copyOf(agents));
    }
}
