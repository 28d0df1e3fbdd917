package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Monitor and snapshot messages. */
final class MonitorCodec {
    private MonitorCodec() {}

    static void register(Codecs to) {
        to.add("MonitorStart", MonitorMessage.Start.class, MonitorCodec::start, (m, out) -> {
            out.open("monitorObject");
            out.leaf("deviceObject", m.device());
            out.close("monitorObject");
        });
        to.add(
                "MonitorStartResponse",
                MonitorMessage.Started.class,
                in -> new MonitorMessage.Started(only(in, "monitorCrossRefID")),
                (m, out) -> out.leaf("monitorCrossRefID", m.crossRef()));
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
        return new MonitorMessage.Start(only(in, "monitorObject"));
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
