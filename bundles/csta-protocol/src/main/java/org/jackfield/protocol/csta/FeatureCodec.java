package org.jackfield.protocol.csta;

import org.jspecify.annotations.Nullable;

/** Do not disturb and forwarding. */
final class FeatureCodec {
    private FeatureCodec() {}

    static void register(Codecs to) {
        to.add("SetDoNotDisturb", FeatureMessage.SetDoNotDisturb.class, in -> new Fields(in).setDnd(), (m, out) -> {
            out.text("device", m.device());
            out.leaf("doNotDisturbOn", m.on());
        });
        to.add("DoNotDisturbEvent", FeatureMessage.DoNotDisturb.class, in -> new Fields(in).dnd(), (m, out) -> {
            out.leaf("monitorCrossRefID", m.crossRef());
            out.device("device", m.device());
            out.leaf("doNotDisturbOn", m.on());
        });
        to.add("SetForwarding", FeatureMessage.SetForwarding.class, in -> new Fields(in).setForwarding(), (m, out) -> {
            out.text("device", m.device());
            out.leaf("forwardingType", m.type());
            out.leaf("activateForward", m.on());
            out.leaf("forwardDN", m.to());
        });
        to.add("ForwardingEvent", FeatureMessage.Forwarding.class, in -> new Fields(in).forwarding(), (m, out) -> {
            out.leaf("monitorCrossRefID", m.crossRef());
            out.device("device", m.device());
            out.leaf("forwardingType", m.type());
            out.leaf("forwardStatus", m.on());
            out.leaf("forwardTo", m.to());
        });
    }

    private static final class Fields {
        private @Nullable String crossRef;
        private Device device = Device.NOT_KNOWN;
        private boolean on;
        private @Nullable String type;
        private @Nullable String to;

        Fields(XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                switch (in.name()) {
                    case "monitorCrossRefID" -> crossRef = in.textOrNull();
                    case "device" -> device = in.device();
                    case "doNotDisturbOn", "activateForward", "forwardStatus" -> on = in.bool();
                    case "forwardingType" -> type = in.textOrNull();
                    case "forwardDN", "forwardTo" -> to = in.textOrNull();
                    default -> {}
                }
            }
        }

        FeatureMessage setDnd() {
            return new FeatureMessage.SetDoNotDisturb(device.id(), on);
        }

        FeatureMessage dnd() {
            return new FeatureMessage.DoNotDisturb(crossRef, device, on);
        }

        FeatureMessage setForwarding() {
            return new FeatureMessage.SetForwarding(device.id(), type, on, to);
        }

        FeatureMessage forwarding() {
            return new FeatureMessage.Forwarding(crossRef, device, type, on, to);
        }
    }
}
