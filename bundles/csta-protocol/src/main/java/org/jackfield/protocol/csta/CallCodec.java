package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Call control requests and their answers. */
final class CallCodec {
    private static final ConnectionId NONE = new ConnectionId(null, null);

    private CallCodec() {}

    static void register(Codecs to) {
        to.add("MakeCall", CallMessage.Make.class, in -> new Fields(in).make(), (m, out) -> {
            out.leaf("callingDevice", m.calling());
            out.leaf("calledDirectoryNumber", m.called());
            out.leaf("accountCode", m.accountCode());
            out.leaf("authCode", m.authCode() == null ? null : m.authCode().value());
            out.leaf("autoOriginate", m.autoOriginate());
            data(m.correlatorData(), m.userData(), out);
        });
        to.add(
                "MakeCallResponse",
                CallMessage.Made.class,
                in -> new CallMessage.Made(connection(in, "callingDevice")),
                (m, out) -> out.connection("callingDevice", m.calling()));
        for (CallMessage.Verb verb : CallMessage.Verb.values()) {
            to.reader(verb.element(), in -> new Fields(in).act(verb));
            to.reader(verb.element() + "Response", in -> new CallMessage.Acted(verb));
        }
        to.writer(CallMessage.Act.class, m -> m.verb().element(), (m, out) -> {
            out.connection(m.verb().child(), m.connection());
            data(m.correlatorData(), m.userData(), out);
        });
        to.writer(CallMessage.Acted.class, m -> m.verb().element() + "Response", (m, out) -> {});
        to.add("ClearConnection", CallMessage.Clear.class, in -> new Fields(in).clear(), (m, out) -> {
            out.connection("connectionToBeCleared", m.connection());
            data(m.correlatorData(), m.userData(), out);
            out.leaf("reason", m.reason());
        });
        to.add("ClearConnectionResponse", CallMessage.Cleared.class, in -> new CallMessage.Cleared(), (m, out) -> {});
        to.add("ConsultationCall", CallMessage.Consult.class, in -> new Fields(in).consult(), (m, out) -> {
            out.connection("existingCall", m.existing());
            out.leaf("consultedDevice", m.consulted());
            data(m.correlatorData(), m.userData(), out);
        });
        to.add(
                "ConsultationCallResponse",
                CallMessage.Consulted.class,
                in -> new CallMessage.Consulted(connection(in, "initiatedCall")),
                (m, out) -> out.connection("initiatedCall", m.initiated()));
        to.add("DeflectCall", CallMessage.Deflect.class, in -> new Fields(in).deflect(), (m, out) -> {
            out.connection("callToBeDiverted", m.connection());
            out.open("newDestination");
            out.leaf("device", m.to());
            out.close("newDestination");
            data(m.correlatorData(), m.userData(), out);
        });
        to.add("DeflectCallResponse", CallMessage.Deflected.class, in -> new CallMessage.Deflected(), (m, out) -> {});
        moves(to);
    }

    /** What makes one call of others, with the connections that it leads to. */
    private static void moves(Codecs to) {
        to.add("ReconnectCall", CallMessage.Reconnect.class, in -> new Fields(in).reconnect(), (m, out) -> {
            out.connection("activeCall", m.active());
            out.connection("heldCall", m.held());
        });
        to.add(
                "ReconnectCallResponse",
                CallMessage.Reconnected.class,
                in -> new CallMessage.Reconnected(),
                (m, out) -> {});
        to.add("TransferCall", CallMessage.Transfer.class, in -> new Fields(in).transfer(), (m, out) -> {
            out.connection("heldCall", m.held());
            out.connection("activeCall", m.active());
        });
        to.add(
                "TransferCallResponse",
                CallMessage.TransferDone.class,
                in -> moved(in, "transferredCall", CallMessage.TransferDone::new),
                (m, out) -> moved("transferredCall", m.transferredCall(), m.connections(), out));
        to.add("ConferenceCall", CallMessage.Conference.class, in -> new Fields(in).conference(), (m, out) -> {
            out.connection("heldCall", m.held());
            out.connection("activeCall", m.active());
        });
        to.add(
                "ConferenceCallResponse",
                CallMessage.ConferenceDone.class,
                in -> moved(in, "conferenceCall", CallMessage.ConferenceDone::new),
                (m, out) -> moved("conferenceCall", m.conferenceCall(), m.connections(), out));
        to.add(
                "SingleStepConferenceCall",
                CallMessage.SingleStepConference.class,
                in -> new Fields(in).singleStepConference(),
                (m, out) -> {
                    out.connection("activeCall", m.activeCall());
                    out.leaf("deviceToJoin", m.device());
                    out.leaf("participationType", m.participation());
                });
        to.add(
                "SingleStepConferenceCallResponse",
                CallMessage.Joined.class,
                in -> moved(in, "conferencedCall", CallMessage.Joined::new),
                (m, out) -> moved("conferencedCall", m.conferencedCall(), m.connections(), out));
        to.add(
                "SingleStepTransferCall",
                CallMessage.SingleStepTransfer.class,
                in -> new Fields(in).singleStepTransfer(),
                (m, out) -> {
                    out.connection("activeCall", m.activeCall());
                    out.leaf("transferredTo", m.to());
                    data(m.correlatorData(), m.userData(), out);
                });
        to.add(
                "SingleStepTransferCallResponse",
                CallMessage.Transferred.class,
                in -> moved(in, "transferredCall", CallMessage.Transferred::new),
                (m, out) -> moved("transferredCall", m.transferredCall(), m.connections(), out));
    }

    /** What any of the requests may have; each takes its own. */
    private static final class Fields {
        private ConnectionId connection = NONE;
        private ConnectionId active = NONE;
        private ConnectionId held = NONE;
        private String calling = "";
        private String to = "";
        private @Nullable String account;
        private @Nullable Secret authCode;
        private @Nullable String originate;
        private @Nullable String participation;
        private @Nullable String reason;
        private @Nullable HexData correlator;
        private @Nullable HexData user;

        Fields(XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                switch (in.name()) {
                    case "connectionToBeCleared",
                            "callToBeAnswered",
                            "callToBeHeld",
                            "callToBeRetrieved",
                            "callToBeDiverted",
                            "existingCall" -> connection = in.connection();
                    case "activeCall" -> active = in.connection();
                    case "heldCall" -> held = in.connection();
                    case "callingDevice" -> calling = in.text();
                    case "newDestination" -> to = destination(in);
                    case "calledDirectoryNumber", "consultedDevice", "transferredTo", "deviceToJoin" -> to = in.text();
                    case "accountCode" -> account = in.textOrNull();
                    case "authCode" -> {
                        String text = in.textOrNull();
                        authCode = text == null ? null : new Secret(text);
                    }
                    case "autoOriginate" -> originate = in.textOrNull();
                    case "participationType" -> participation = in.textOrNull();
                    case "reason" -> reason = in.textOrNull();
                    case "correlatorData" -> correlator = in.hex();
                    case "userData" -> user = in.hex();
                    default -> {}
                }
            }
        }

        /** A list of devices, of which the first counts; older peers write the text at once. */
        private static String destination(XmlIn in) throws CstaFormatException {
            int level = in.level();
            var text = new StringBuilder();
            String first = null;
            while (in.nextOrText(level, text)) {
                String device = in.text();
                first = first == null ? device : first;
            }
            return first == null ? text.toString().strip() : first;
        }

        CallMessage make() {
            return new CallMessage.Make(calling, to, account, authCode, originate, correlator, user);
        }

        CallMessage act(CallMessage.Verb verb) {
            return new CallMessage.Act(verb, connection, correlator, user);
        }

        CallMessage clear() {
            return new CallMessage.Clear(connection, correlator, user, reason);
        }

        CallMessage consult() {
            return new CallMessage.Consult(connection, to, correlator, user);
        }

        CallMessage deflect() {
            return new CallMessage.Deflect(connection, to, correlator, user);
        }

        CallMessage reconnect() {
            return new CallMessage.Reconnect(active, held);
        }

        CallMessage transfer() {
            return new CallMessage.Transfer(held, active);
        }

        CallMessage conference() {
            return new CallMessage.Conference(held, active);
        }

        CallMessage singleStepConference() {
            return new CallMessage.SingleStepConference(active, to, participation);
        }

        CallMessage singleStepTransfer() {
            return new CallMessage.SingleStepTransfer(active, to, correlator, user);
        }
    }

    private static CallMessage moved(
            XmlIn in, String name, BiFunction<ConnectionId, List<ConnectionListItem>, CallMessage> make)
            throws CstaFormatException {
        ConnectionId call = NONE;
        List<ConnectionListItem> items = List.of();
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals(name)) {
                call = in.connection();
            } else if (in.name().equals("connections")) {
                items = items(in);
            }
        }
        return make.apply(call, items);
    }

    private static void moved(String name, ConnectionId call, List<ConnectionListItem> items, XmlOut out) {
        out.connection(name, call);
        items("connections", items, out);
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
