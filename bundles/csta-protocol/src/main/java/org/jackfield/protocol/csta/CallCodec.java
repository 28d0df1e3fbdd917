package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Call control requests and their answers. */
final class CallCodec {
    private static final ConnectionId NONE = new ConnectionId(null, null);

    private CallCodec() {}

    static void register(Codecs to) {
        to.add("MakeCall", CallMessage.Make.class, CallCodec::make, (m, out) -> {
            out.leaf("callingDevice", m.calling());
            out.leaf("calledDirectoryNumber", m.called());
            out.leaf("autoOriginate", m.autoOriginate());
            data(m.correlatorData(), m.userData(), out);
        });
        to.add(
                "MakeCallResponse",
                CallMessage.Made.class,
                in -> new CallMessage.Made(connection(in, "callingDevice")),
                (m, out) -> out.connection("callingDevice", m.calling()));
        to.add("ClearConnection", CallMessage.Clear.class, CallCodec::clear, (m, out) -> {
            out.connection("connectionToBeCleared", m.connection());
            data(m.correlatorData(), m.userData(), out);
        });
        to.add("ClearConnectionResponse", CallMessage.Cleared.class, in -> new CallMessage.Cleared(), (m, out) -> {});
        to.add("SingleStepTransferCall", CallMessage.SingleStepTransfer.class, CallCodec::transfer, (m, out) -> {
            out.connection("activeCall", m.activeCall());
            out.leaf("transferredTo", m.to());
            data(m.correlatorData(), m.userData(), out);
        });
        to.add("SingleStepTransferCallResponse", CallMessage.Transferred.class, CallCodec::transferred, (m, out) -> {
            out.connection("transferredCall", m.transferredCall());
            items("connections", m.connections(), out);
        });
    }

    private static CallMessage make(XmlIn in) throws CstaFormatException {
        String calling = "";
        String called = "";
        String originate = null;
        HexData correlator = null;
        HexData user = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "callingDevice" -> calling = in.text();
                case "calledDirectoryNumber" -> called = in.text();
                case "autoOriginate" -> originate = in.textOrNull();
                case "correlatorData" -> correlator = in.hex();
                case "userData" -> user = in.hex();
                default -> {}
            }
        }
        return new CallMessage.Make(calling, called, originate, correlator, user);
    }

    private static CallMessage clear(XmlIn in) throws CstaFormatException {
        ConnectionId connection = NONE;
        HexData correlator = null;
        HexData user = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "connectionToBeCleared" -> connection = in.connection();
                case "correlatorData" -> correlator = in.hex();
                case "userData" -> user = in.hex();
                default -> {}
            }
        }
        return new CallMessage.Clear(connection, correlator, user);
    }

    private static CallMessage transfer(XmlIn in) throws CstaFormatException {
        ConnectionId active = NONE;
        String to = "";
        HexData correlator = null;
        HexData user = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "activeCall" -> active = in.connection();
                case "transferredTo" -> to = in.text();
                case "correlatorData" -> correlator = in.hex();
                case "userData" -> user = in.hex();
                default -> {}
            }
        }
        return new CallMessage.SingleStepTransfer(active, to, correlator, user);
    }

    private static CallMessage transferred(XmlIn in) throws CstaFormatException {
        ConnectionId call = NONE;
        List<ConnectionListItem> items = List.of();
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "transferredCall" -> call = in.connection();
                case "connections" -> items = items(in);
                default -> {}
            }
        }
        return new CallMessage.Transferred(call, items);
    }

    private static ConnectionId connection(XmlIn in, String name) throws CstaFormatException {
        ConnectionId connection = NONE;
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals(name)) {
                connection = in.connection();
            }
        }
        return connection;
    }

    private static void data(@Nullable HexData correlator, @Nullable HexData user, XmlOut out) {
        out.hex("correlatorData", correlator);
        out.hex("userData", user);
    }

    /** A list of connectionListItem. */
    static List<ConnectionListItem> items(XmlIn in) throws CstaFormatException {
        var items = new ArrayList<ConnectionListItem>();
        int list = in.level();
        while (in.next(list)) {
            ConnectionId fresh = null;
            ConnectionId old = null;
            String endpoint = null;
            int level = in.level();
            while (in.next(level)) {
                switch (in.name()) {
                    case "newConnection" -> fresh = in.connection();
                    case "oldConnection" -> old = in.connection();
                    case "endpoint" -> endpoint = Device.idOf(in.device());
                    default -> {}
                }
            }
            items.add(new ConnectionListItem(fresh, old, endpoint));
        }
        return List.copyOf(items);
    }

    static void items(String name, List<ConnectionListItem> items, XmlOut out) {
        out.open(name);
        for (ConnectionListItem item : items) {
            out.open("connectionListItem");
            out.connection("newConnection", item.newConnection());
            out.connection("oldConnection", item.oldConnection());
            out.device("endpoint", item.endpoint() == null ? null : Device.of(item.endpoint()));
            out.close("connectionListItem");
        }
        out.close(name);
    }
}
