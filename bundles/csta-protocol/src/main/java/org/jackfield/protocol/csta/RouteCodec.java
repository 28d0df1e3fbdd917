package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routeing messages. */
final class RouteCodec {
    private RouteCodec() {}

    static void register(Codecs to) {
        to.add(
                "RouteRegister",
                RouteMessage.Register.class,
                in -> new RouteMessage.Register(orNull(MonitorCodec.only(in, "routeingDevice"))),
                (m, out) -> out.leaf("routeingDevice", m.device()));
        to.add(
                "RouteRegisterResponse",
                RouteMessage.Registered.class,
                in -> new RouteMessage.Registered(MonitorCodec.only(in, "routeRegisterReqID")),
                (m, out) -> out.leaf("routeRegisterReqID", m.registerId()));
        to.add(
                "RouteRegisterCancel",
                RouteMessage.RegisterCancel.class,
                in -> new RouteMessage.RegisterCancel(MonitorCodec.only(in, "routeRegisterReqID")),
                (m, out) -> out.leaf("routeRegisterReqID", m.registerId()));
        to.add(
                "RouteRegisterCancelResponse",
                RouteMessage.RegisterCancelled.class,
                in -> new RouteMessage.RegisterCancelled(),
                (m, out) -> {});
        to.add(
                "RouteRegisterAbort",
                RouteMessage.RegisterAbort.class,
                in -> new RouteMessage.RegisterAbort(MonitorCodec.only(in, "routeRegisterReqID")),
                (m, out) -> out.leaf("routeRegisterReqID", m.registerId()));
        to.add("RouteRequest", RouteMessage.Request.class, in -> new Fields(in).request(), RouteCodec::write);
        to.add("RouteSelect", RouteMessage.Select.class, in -> new Fields(in).select(), RouteCodec::write);
        to.add("RouteUsed", RouteMessage.Used.class, in -> new Fields(in).used(), (m, out) -> {
            head(m.crossRef(), m.registerId(), out);
            out.device("routeUsed", m.routeUsed());
            out.device("callingDevice", m.calling());
            out.hex("correlatorData", m.correlatorData());
        });
        to.add("RouteEnd", RouteMessage.End.class, in -> new Fields(in).end(), RouteCodec::write);
        to.add("RouteReject", RouteMessage.Reject.class, in -> new Fields(in).reject(), (m, out) -> {
            head(m.crossRef(), m.registerId(), out);
            out.leaf("rejectCause", m.cause());
            out.hex("correlatorData", m.correlatorData());
        });
        to.add("ReRoute", RouteMessage.ReRoute.class, in -> new Fields(in).reRoute(), (m, out) -> {
            head(m.crossRef(), m.registerId(), out);
            out.leaf("replyTimeout", m.replyTimeout());
            out.hex("correlatorData", m.correlatorData());
        });
    }

    private static void head(String crossRef, @Nullable String registerId, XmlOut out) {
        out.leaf("crossRefIdentifier", crossRef);
        out.leaf("routeRegisterReqID", registerId);
    }

    private static void write(RouteMessage.Request m, XmlOut out) {
        head(m.crossRef(), m.registerId(), out);
        out.device("currentRoute", m.currentRoute());
        out.device("callingDevice", m.calling());
        out.device("routeingDevice", m.routeingDevice());
        out.connection("routedCall", m.routedCall());
        out.leaf("replyTimeout", m.replyTimeout());
        out.hex("correlatorData", m.correlatorData());
    }

    private static void write(RouteMessage.Select m, XmlOut out) {
        head(m.crossRef(), m.registerId(), out);
        out.leaf("routeSelected", m.route());
        if (!m.alternates().isEmpty()) {
            out.open("alternateRoutes");
            m.alternates().forEach(device -> out.leaf("deviceID", device));
            out.close("alternateRoutes");
        }
        out.leaf("routeUsedReq", m.routeUsedReq() ? "true" : null);
        out.hex("correlatorData", m.correlatorData());
    }

    private static void write(RouteMessage.End m, XmlOut out) {
        head(m.crossRef(), m.registerId(), out);
        CstaError error = m.error();
        if (error != null) {
            out.open("errorValue");
            out.leaf(error.category(), error.code());
            out.close("errorValue");
        }
        out.hex("correlatorData", m.correlatorData());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** What any of the dialogue's messages may have; each message takes its own. */
    private static final class Fields {
        private String crossRef = "";
        private @Nullable String registerId;
        private Device route = Device.NOT_KNOWN;
        private @Nullable Device calling;
        private @Nullable Device routeingDevice;
        private @Nullable ConnectionId routedCall;
        private @Nullable Integer replyTimeout;
        private @Nullable HexData correlatorData;
        private final List<String> alternates = new ArrayList<>();
        private boolean routeUsedReq;
        private @Nullable CstaError error;
        private @Nullable String rejectCause;

        Fields(XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                switch (in.name()) {
                    case "crossRefIdentifier" -> crossRef = in.text();
                    case "routeRegisterReqID" -> registerId = in.textOrNull();
                    case "currentRoute", "routeSelected", "routeUsed" -> route = in.device();
                    case "callingDevice" -> calling = in.device();
                    case "routeingDevice" -> routeingDevice = in.device();
                    case "routedCall" -> routedCall = in.connection();
                    case "replyTimeout" -> replyTimeout = in.number();
                    case "correlatorData" -> correlatorData = in.hex();
                    case "alternateRoutes" -> alternates(in);
                    case "routeUsedReq" -> routeUsedReq = in.bool();
                    case "errorValue" -> error = error(in);
                    case "rejectCause" -> rejectCause = in.textOrNull();
                    default -> {}
                }
            }
        }

        private void alternates(XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                alternates.add(in.text());
            }
        }

        private static @Nullable CstaError error(XmlIn in) throws CstaFormatException {
            CstaError error = null;
            int level = in.level();
            while (in.next(level)) {
                String category = in.name();
                error = new CstaError(category, in.text());
            }
            return error;
        }

        RouteMessage request() {
            return new RouteMessage.Request(
                    crossRef, registerId, route, calling, routeingDevice, routedCall, replyTimeout, correlatorData);
        }

        RouteMessage select() {
            return new RouteMessage.Select(
                    crossRef, registerId, route.id(), List.copyOf(alternates), routeUsedReq, correlatorData);
        }

        RouteMessage used() {
            return new RouteMessage.Used(crossRef, registerId, route, calling, correlatorData);
        }

        RouteMessage end() {
            return new RouteMessage.End(crossRef, registerId, error, correlatorData);
        }

        RouteMessage reject() {
            return new RouteMessage.Reject(crossRef, registerId, rejectCause, correlatorData);
        }

        RouteMessage reRoute() {
            return new RouteMessage.ReRoute(crossRef, registerId, replyTimeout, correlatorData);
        }
    }
}
