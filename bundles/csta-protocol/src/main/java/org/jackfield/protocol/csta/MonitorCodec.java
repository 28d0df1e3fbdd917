package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Monitor and snapshot messages. */
final class MonitorCodec {
    private MonitorCodec() {}

    static void register(Codecs to) {
        to.add("MonitorStart", MonitorMessage.Start.class, MonitorCodec::start, MonitorCodec::write);
        to.add("MonitorStartResponse", MonitorMessage.Started.class, MonitorCodec::started, (m, out) -> {
            out.leaf("monitorCrossRefID", m.crossRef());
            out.leaf("monitorExistingCalls", m.existing() ? "true" : null);
        });
        to.add(
                "MonitorStop",
                MonitorMessage.Stop.class,
                in -> new MonitorMessage.Stop(only(in, "monitorCrossRefID")),
                (m, out) -> out.leaf("monitorCrossRefID", m.crossRef()));
        to.add("MonitorStopResponse", MonitorMessage.Stopped.class, in -> new MonitorMessage.Stopped(), (m, out) -> {});
        to.add(
                "SnapshotDevice",
                MonitorMessage.Snapshot.class,
                in -> new MonitorMessage.Snapshot(only(in, "snapshotObject")),
                (m, out) -> out.leaf("snapshotObject", m.device()));
        to.add(
                "SnapshotDeviceResponse",
                MonitorMessage.SnapshotAnswer.class,
                MonitorCodec::snapshot,
                MonitorCodec::write);
        to.add("SnapshotCall", MonitorMessage.SnapshotOfCall.class, MonitorCodec::snapshotOfCall, (m, out) -> {
            out.connection("snapshotObject", m.call());
        });
        to.add(
                "SnapshotCallResponse",
                MonitorMessage.SnapshotCallAnswer.class,
                MonitorCodec::snapshotCall,
                MonitorCodec::write);
    }

    /** The text of one child. */
    static String only(XmlIn in, String name) throws CstaFormatException {
        String text = "";
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals(name)) {
                text = in.text();
            }
        }
        return text;
    }

    private static MonitorMessage start(XmlIn in) throws CstaFormatException {
        String device = "";
        ConnectionId call = null;
        List<MonitorMessage.Filter> filters = List.of();
        String type = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "monitorObject" -> {
                    int object = in.level();
                    while (in.next(object)) {
                        if (in.name().equals("callObject")) {
                            call = in.connection();
                        } else {
                            device = in.text();
                        }
                    }
                }
                case "requestedMonitorFilter" -> filters = filters(in);
                case "monitorType" -> type = in.textOrNull();
                default -> {}
            }
        }
        return new MonitorMessage.Start(device, call, filters, type);
    }

    private static List<MonitorMessage.Filter> filters(XmlIn in) throws CstaFormatException {
        var filters = new ArrayList<MonitorMessage.Filter>();
        int level = in.level();
        while (in.next(level)) {
            String group = in.name();
            var suppressed = new ArrayList<String>();
            int flags = in.level();
            while (in.next(flags)) {
                String flag = in.name();
                if (in.bool()) {
                    suppressed.add(flag);
                }
            }
            filters.add(new MonitorMessage.Filter(group, List.copyOf(suppressed)));
        }
        return List.copyOf(filters);
    }

    private static void write(MonitorMessage.Start m, XmlOut out) {
        out.open("monitorObject");
        if (m.call() == null) {
            out.leaf("deviceObject", m.device());
        } else {
            out.connection("callObject", m.call());
        }
        out.close("monitorObject");
        if (!m.filters().isEmpty()) {
            out.open("requestedMonitorFilter");
            for (MonitorMessage.Filter filter : m.filters()) {
                out.open(filter.group());
                filter.suppressed().forEach(flag -> out.leaf(flag, "true"));
                out.close(filter.group());
            }
            out.close("requestedMonitorFilter");
        }
        out.leaf("monitorType", m.type());
    }

    private static MonitorMessage started(XmlIn in) throws CstaFormatException {
        String crossRef = "";
        boolean existing = false;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "monitorCrossRefID" -> crossRef = in.text();
                case "monitorExistingCalls" -> existing = in.bool();
                default -> {}
            }
        }
        return new MonitorMessage.Started(crossRef, existing);
    }

    private static MonitorMessage snapshotOfCall(XmlIn in) throws CstaFormatException {
        var call = new ConnectionId(null, null);
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("snapshotObject")) {
                call = in.connection();
            }
        }
        return new MonitorMessage.SnapshotOfCall(call);
    }

    private static MonitorMessage snapshotCall(XmlIn in) throws CstaFormatException {
        Device calling = null;
        Device called = null;
        HexData correlator = null;
        var parties = new ArrayList<MonitorMessage.Party>();
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "callingDevice" -> calling = in.device();
                case "calledDevice" -> called = in.device();
                case "correlatorData" -> correlator = in.hex();
                case "crossRefIDorSnapshotData" -> {
                    int choice = in.level();
                    while (in.next(choice)) {
                        if (in.name().equals("snapshotData")) {
                            parties(in, parties);
                        }
                    }
                }
                default -> {}
            }
        }
        return new MonitorMessage.SnapshotCallAnswer(calling, called, List.copyOf(parties), correlator);
    }

    private static void parties(XmlIn in, List<MonitorMessage.Party> parties) throws CstaFormatException {
        int level = in.level();
        while (in.next(level)) {
            Device device = Device.NOT_KNOWN;
            ConnectionId connection = null;
            String state = null;
            int info = in.level();
            while (in.next(info)) {
                switch (in.name()) {
                    case "deviceOnCall" -> device = in.device();
                    case "callIdentifier" -> connection = in.connection();
                    case "localConnectionState" -> state = in.textOrNull();
                    default -> {}
                }
            }
            parties.add(new MonitorMessage.Party(device, connection, state));
        }
    }

    private static void write(MonitorMessage.SnapshotCallAnswer m, XmlOut out) {
        out.open("crossRefIDorSnapshotData");
        out.open("snapshotData");
        for (MonitorMessage.Party party : m.parties()) {
            out.open("snapshotCallResponseInfo");
            out.device("deviceOnCall", party.device());
            out.connection("callIdentifier", party.connection());
            out.leaf("localConnectionState", party.state());
            out.close("snapshotCallResponseInfo");
        }
        out.close("snapshotData");
        out.close("crossRefIDorSnapshotData");
        out.device("callingDevice", m.calling());
        out.device("calledDevice", m.called());
        out.hex("correlatorData", m.correlatorData());
    }

    private static MonitorMessage snapshot(XmlIn in) throws CstaFormatException {
        var calls = new ArrayList<MonitorMessage.Call>();
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("crossRefIDorSnapshotData")) {
                int choice = in.level();
                while (in.next(choice)) {
                    if (in.name().equals("snapshotData")) {
                        snapshotData(in, calls);
                    }
                }
            } else if (in.name().equals("snapshotData")) {
                snapshotData(in, calls);
            }
        }
        return new MonitorMessage.SnapshotAnswer(calls);
    }

    private static void snapshotData(XmlIn in, List<MonitorMessage.Call> calls) throws CstaFormatException {
        int level = in.level();
        while (in.next(level)) {
            int info = in.level();
            ConnectionId connection = null;
            @Nullable String state = null;
            while (in.next(info)) {
                switch (in.name()) {
                    case "connectionIdentifier" -> connection = in.connection();
                    case "localCallState" -> state = in.textOrNull();
                    default -> {}
                }
            }
            if (connection != null) {
                calls.add(new MonitorMessage.Call(connection, state));
            }
        }
    }

    private static void write(MonitorMessage.SnapshotAnswer m, XmlOut out) {
        out.open("crossRefIDorSnapshotData");
        out.open("snapshotData");
        for (MonitorMessage.Call call : m.calls()) {
            out.open("snapshotDeviceResponseInfo");
            out.connection("connectionIdentifier", call.connection());
            if (call.state() != null) {
                out.open("localCallState");
                out.open("compoundCallState");
                out.leaf("localConnectionState", call.state());
                out.close("compoundCallState");
                out.close("localCallState");
            }
            out.close("snapshotDeviceResponseInfo");
        }
        out.close("snapshotData");
        out.close("crossRefIDorSnapshotData");
    }
}
