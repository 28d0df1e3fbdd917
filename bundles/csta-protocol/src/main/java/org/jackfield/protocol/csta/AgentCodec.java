package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SetAgentState, GetAgentState and the six agent events. */
final class AgentCodec {
    private AgentCodec() {}

    static void register(Codecs to) {
        to.add("SetAgentState", AgentMessage.Set.class, AgentCodec::set, (m, out) -> {
            out.leaf("device", m.device());
            out.leaf("requestedAgentState", m.state() == null ? null : m.state().literal());
            out.leaf("agentID", m.agentId());
            out.leaf("password", m.password() == null ? null : m.password().value());
            out.leaf("group", m.group());
            Extensions.write(m.reason(), null, out);
        });
        to.add(
                "SetAgentStateResponse",
                AgentMessage.SetAnswer.class,
                AgentCodec::setAnswer,
                (m, out) -> out.leaf(
                        "pendingAgentState",
                        m.pending() == null ? null : m.pending().literal()));
        to.add("GetAgentState", AgentMessage.Get.class, AgentCodec::get, (m, out) -> {
            out.leaf("device", m.device());
            out.leaf("acdGroup", m.group());
        });
        to.add("GetAgentStateResponse", AgentMessage.GetAnswer.class, AgentCodec::getAnswer, AgentCodec::write);
        for (AgentEvent.Kind kind : AgentEvent.Kind.values()) {
            to.reader(kind.element(), in -> event(kind, in));
        }
        to.writer(AgentEvent.class, m -> m.kind().element(), AgentCodec::write);
    }

    private static AgentMessage set(XmlIn in) throws CstaFormatException {
        String device = "";
        AgentMessage.Requested state = null;
        String agent = null;
        Secret password = null;
        String group = null;
        String reason = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "device" -> device = in.text();
                case "requestedAgentState" -> state = AgentMessage.Requested.read(in.text());
                case "agentID" -> agent = in.textOrNull();
                case "password" -> {
                    String text = in.textOrNull();
                    password = text == null ? null : new Secret(text);
                }
                case "group" -> group = in.textOrNull();
                case "extensions" -> reason = Extensions.read(in).reason();
                default -> {}
            }
        }
        return new AgentMessage.Set(device, state, agent, password, group, reason);
    }

    private static AgentMessage setAnswer(XmlIn in) throws CstaFormatException {
        String pending = MonitorCodec.only(in, "pendingAgentState");
        return new AgentMessage.SetAnswer(pending.isEmpty() ? null : AgentState.read(pending));
    }

    private static AgentMessage get(XmlIn in) throws CstaFormatException {
        String device = "";
        String group = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "device" -> device = in.text();
                case "acdGroup" -> group = in.textOrNull();
                default -> {}
            }
        }
        return new AgentMessage.Get(device, group);
    }

    private static AgentMessage getAnswer(XmlIn in) throws CstaFormatException {
        var entries = new ArrayList<AgentMessage.Entry>();
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("agentStateList")) {
                int list = in.level();
                while (in.next(list)) {
                    if (in.name().equals("agentStateEntry")) {
                        entries.add(entry(in));
                    }
                }
            }
        }
        return new AgentMessage.GetAnswer(List.copyOf(entries));
    }

    private static AgentMessage.Entry entry(XmlIn in) throws CstaFormatException {
        String agent = null;
        boolean loggedOn = false;
        var items = new ArrayList<AgentMessage.Item>();
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "agentID" -> agent = in.textOrNull();
                case "loggedOnState" -> loggedOn = in.bool();
                case "agentInfo" -> {
                    int info = in.level();
                    while (in.next(info)) {
                        AgentMessage.Item item = item(in);
                        if (item != null) {
                            items.add(item);
                        }
                    }
                }
                default -> {}
            }
        }
        return new AgentMessage.Entry(agent, loggedOn, List.copyOf(items));
    }

    private static AgentMessage.@Nullable Item item(XmlIn in) throws CstaFormatException {
        String group = null;
        AgentState state = null;
        AgentState pending = null;
        String condition = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "acdGroup" -> group = in.textOrNull();
                case "agentState" -> state = AgentState.read(in.text());
                case "pendingAgentState" -> pending = AgentState.read(in.text());
                case "agentStateCondition" -> condition = in.textOrNull();
                default -> {}
            }
        }
        return state == null ? null : new AgentMessage.Item(group, state, pending, condition);
    }

    private static void write(AgentMessage.GetAnswer m, XmlOut out) {
        out.open("agentStateList");
        for (AgentMessage.Entry entry : m.entries()) {
            out.open("agentStateEntry");
            out.leaf("agentID", entry.agentId());
            out.leaf("loggedOnState", entry.loggedOn());
            out.open("agentInfo");
            for (AgentMessage.Item item : entry.items()) {
                out.open("agentInfoItem");
                out.leaf("acdGroup", item.group());
                out.leaf("agentState", item.state().literal());
                out.leaf(
                        "pendingAgentState",
                        item.pending() == null ? null : item.pending().literal());
                out.leaf("agentStateCondition", item.condition());
                out.close("agentInfoItem");
            }
            out.close("agentInfo");
            out.close("agentStateEntry");
        }
        out.close("agentStateList");
    }

    private static AgentEvent event(AgentEvent.Kind kind, XmlIn in) throws CstaFormatException {
        String crossRef = "";
        Device device = Device.NOT_KNOWN;
        String agent = null;
        String group = null;
        AgentState pending = null;
        String cause = null;
        Extensions extensions = Extensions.NONE;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "monitorCrossRefID" -> crossRef = in.text();
                case "agentDevice" -> device = in.device();
                case "agentID" -> agent = in.textOrNull();
                case "acdGroup" -> group = in.textOrNull();
                case "pendingAgentState" -> pending = AgentState.read(in.text());
                case "cause" -> cause = in.textOrNull();
                case "extensions" -> extensions = Extensions.read(in);
                default -> {}
            }
        }
        return new AgentEvent(
                kind, crossRef, device, agent, group, pending, cause, extensions.reason(), extensions.markup());
    }

    private static void write(AgentEvent m, XmlOut out) {
        out.leaf("monitorCrossRefID", m.crossRef());
        out.device("agentDevice", m.device());
        out.leaf("agentID", m.agentId());
        out.leaf("acdGroup", m.group());
        if (m.kind() == AgentEvent.Kind.BUSY || m.kind() == AgentEvent.Kind.WORKING_AFTER_CALL) {
            out.leaf(
                    "pendingAgentState",
                    m.pending() == null ? null : m.pending().eventLiteral());
        }
        out.leaf("cause", m.cause());
        Extensions.write(m.reason(), m.extensions(), out);
    }
}
