package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The call events, driven by the head tables of {@link CallEvent.Kind}. */
final class CallEventCodec {
    private CallEventCodec() {}

    static void register(Codecs to) {
        for (CallEvent.Kind kind : CallEvent.Kind.values()) {
            to.reader(kind.element(), in -> new Fields().read(kind, in));
        }
        to.reader("TransferredEvent", in -> new Fields().read(CallEvent.Kind.TRANSFERED, in));
        to.writer(CallEvent.class, m -> m.kind().element(), CallEventCodec::write);
    }

    private static final class Fields {
        private String crossRef = "";
        private ConnectionId connection = new ConnectionId(null, null);
        private @Nullable ConnectionId secondary;
        private @Nullable Device subject;
        private @Nullable Device calling;
        private @Nullable Device called;
        private @Nullable Device lastRedirection;
        private @Nullable Device target;
        private List<ConnectionListItem> connections = List.of();
        private @Nullable String localState;
        private @Nullable HexData correlatorData;
        private @Nullable HexData userData;
        private @Nullable String cause;
        private boolean acdCall;
        private @Nullable String linkageId;
        private @Nullable String extensions;

        CallEvent read(CallEvent.Kind kind, XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                CallEvent.Part part = part(kind, in.name());
                if (part == null) {
                    tail(in);
                } else {
                    head(part, in);
                }
            }
            return new CallEvent(
                    kind,
                    crossRef,
                    connection,
                    secondary,
                    subject,
                    calling,
                    called,
                    lastRedirection,
                    target,
                    connections,
                    localState,
                    correlatorData,
                    userData,
                    cause,
                    acdCall,
                    linkageId,
                    extensions);
        }

        private static CallEvent.@Nullable Part part(CallEvent.Kind kind, String name) {
            for (CallEvent.Slot slot : kind.head()) {
                if (slot.element().equals(name)) {
                    return slot.part();
                }
            }
            return null;
        }

        private void head(CallEvent.Part part, XmlIn in) throws CstaFormatException {
            switch (part) {
                case CONNECTION -> connection = in.connection();
                case SECONDARY -> secondary = in.connection();
                case SUBJECT -> subject = in.device();
                case CALLING -> calling = in.device();
                case CALLED -> called = in.device();
                case LAST_REDIRECTION -> lastRedirection = in.device();
                case TARGET -> target = in.device();
                case CONNECTIONS -> connections = CallCodec.items(in);
            }
        }

        private void tail(XmlIn in) throws CstaFormatException {
            switch (in.name()) {
                case "monitorCrossRefID" -> crossRef = in.text();
                case "localConnectionInfo" -> localState = in.textOrNull();
                case "correlatorData" -> correlatorData = in.hex();
                case "userData" -> userData = in.hex();
                case "cause" -> cause = in.textOrNull();
                case "callCharacteristics" -> characteristics(in);
                case "callLinkageData" -> linkage(in);
                case "extensions" -> extensions = Extensions.read(in).all();
                default -> {}
            }
        }

        private void characteristics(XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                if (in.name().equals("acdCall")) {
                    acdCall = in.bool();
                }
            }
        }

        private void linkage(XmlIn in) throws CstaFormatException {
            int level = in.level();
            while (in.next(level)) {
                if (in.name().equals("globalCallData")) {
                    int global = in.level();
                    while (in.next(global)) {
                        if (in.name().equals("globalCallLinkageID")) {
                            linkageId = in.textOrNull();
                        }
                    }
                }
            }
        }
    }

    private static void write(CallEvent m, XmlOut out) {
        out.leaf("monitorCrossRefID", m.crossRef());
        for (CallEvent.Slot slot : m.kind().head()) {
            write(m, slot, out);
        }
        out.leaf("localConnectionInfo", m.localState());
        out.hex("correlatorData", m.correlatorData());
        out.hex("userData", m.userData());
        out.leaf("cause", m.cause());
        if (m.acdCall()) {
            out.open("callCharacteristics");
            out.leaf("acdCall", "true");
            out.close("callCharacteristics");
        }
        if (m.linkageId() != null) {
            out.open("callLinkageData");
            out.open("globalCallData");
            out.open("globalCallLinkageID");
            out.leaf("globallyUniqueCallLinkageID", m.linkageId());
            out.close("globalCallLinkageID");
            out.close("globalCallData");
            out.close("callLinkageData");
        }
        out.extensions(m.extensions());
    }

    private static void write(CallEvent m, CallEvent.Slot slot, XmlOut out) {
        switch (slot.part()) {
            case CONNECTION -> out.connection(slot.element(), m.connection());
            case SECONDARY -> out.connection(slot.element(), m.secondary());
            case SUBJECT -> out.device(slot.element(), m.subject());
            case CALLING -> out.device(slot.element(), m.calling());
            case CALLED -> out.device(slot.element(), m.called());
            case LAST_REDIRECTION -> out.redirection(slot.element(), m.lastRedirection());
            case TARGET -> out.device(slot.element(), m.target());
            case CONNECTIONS -> CallCodec.items(slot.element(), m.connections(), out);
        }
    }
}
