package org.jackfield.acd.asterisk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jackfield.event.CallEvents;
import org.jackfield.event.CallEvents.Kind;
import org.jackfield.event.LinkEvents;
import org.jackfield.event.Origin;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.Agent;
import org.jackfield.plugin.Uui;
import org.jspecify.annotations.Nullable;

/**
 * Follows channels and calls. A call is what shares a Linkedid, which stays through route, queue, blind and attended
 * transfer; its id on the bus is the User-to-User token when there is one, otherwise the Linkedid. Used on the lane only.
 */
final class Calls {
    private static final int MOST = 20_000;

    private final Settings settings;
    private final Agents agents;
    private final Outlet outlet;
    private final Meters meters;
    private final Map<String, Channel> channels = bounded();
    private final Map<String, Call> calls = bounded();
    /** Where consultations go to, by the Uniqueid of the agent's channel. */
    private final Map<String, String> consultations = bounded();

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > MOST;
            }
        };
    }

    /** One channel; {@code shown} once it was told of. */
    private static final class Channel {
        private final String name;
        private final String id;
        private String linked;
        private boolean shown;
        private boolean answered;
        private boolean held;

        Channel(String name, String id, String linked) {
            this.name = name;
            this.id = id;
            this.linked = linked;
        }
    }

    /** One call. */
    static final class Call {
        private final String linked;
        private String id;
        private @Nullable String token;
        private @Nullable String badUui;
        private @Nullable String calling;
        private @Nullable String called;
        private @Nullable String queue;
        private boolean offered;
        private int channels;

        Call(String linked) {
            this.linked = linked;
            this.id = linked;
        }

        /** The call's id on the bus. */
        String id() {
            return id;
        }

        @Nullable
        String token() {
            return token;
        }

        @Nullable
        String calling() {
            return calling;
        }
    }

    Calls(Settings settings, Agents agents, Outlet outlet, Meters meters) {
        this.settings = settings;
        this.agents = agents;
        this.outlet = outlet;
        this.meters = meters;
    }

    /** A new connection: what was followed may be over. */
    void connected() {
        channels.clear();
        calls.clear();
        consultations.clear();
    }

    /** A channel of the snapshot. */
    void known(AmiMessage channel) {
        Channel found = channel("", channel);
        if (found != null) {
            found.answered = channel.is("ChannelStateDesc", "Up");
            found.shown = found.answered && agents.byDevice(agents.device(found.name)) != null;
            Call call = calls.get(found.linked);
            if (call != null && found.shown) {
                call.offered = true;
            }
        }
    }

    /** An event that may be about a call. */
    void event(String kind, AmiMessage event) {
        switch (kind) {
            case "Newchannel" -> channel("", event);
            case "QueueCallerJoin" -> joined(event);
            case "DialBegin" -> dialled(event);
            case "DialEnd" -> dialEnded(event);
            case "Hold" -> held(Kind.HELD, event);
            case "Unhold" -> held(Kind.RETRIEVED, event);
            case "BlindTransfer" -> blind(event);
            case "AttendedTransfer" -> attended(event);
            case "Hangup" -> ended(event);
            default -> {}
        }
    }

    /** The channel that the headers with this prefix are about; null when there is none. */
    private @Nullable Channel channel(String prefix, AmiMessage event) {
        String name = event.get(prefix + "Channel");
        String id = event.get(prefix + "Uniqueid");
        String linked = event.get(prefix + "Linkedid");
        if (id == null || name == null) {
            return null;
        }
        Channel channel = channels.get(id);
        if (channel == null) {
            channel = new Channel(name, id, linked == null ? id : linked);
            channels.put(id, channel);
            of(channel.linked).channels++;
        } else if (linked != null && !linked.equals(channel.linked)) {
            relink(channel, linked);
        }
        uui(of(channel.linked), event.variable(prefix, settings.uuiVariable()));
        return channel;
    }

    private Call of(String linked) {
        return calls.computeIfAbsent(linked, Call::new);
    }

    /** Asterisk has joined two calls: what has the other Linkedid now is part of that call. */
    private void relink(Channel channel, String linked) {
        Call old = of(channel.linked);
        Call now = of(linked);
        channel.linked = linked;
        now.channels++;
        if (old.offered) {
            link(now.id, old.id, "linkedid");
        }
        if (--old.channels <= 0) {
            calls.remove(old.linked);
        }
    }

    private void link(String id, String other, String by) {
        if (!id.equals(other)) {
            outlet.publish(Origin.ACD, new CallEvents.Linked(id, other, by), id);
        }
    }

    private void uui(Call call, @Nullable String header) {
        if (header == null || header.isEmpty() || call.token != null || header.equals(call.badUui)) {
            return;
        }
        Uui.Read read = Uui.readHeader(header);
        String token = read.token();
        if (token == null) {
            call.badUui = header;
            meters.refused("uui");
            String why = read instanceof Uui.Read.Bad bad ? bad.reason() : "no token";
            String kept = header.length() <= 300 ? header : header.substring(0, 300) + "...";
            outlet.publish(
                    Origin.ACD,
                    new LinkEvents.Refused(settings.id().toString(), "uui: " + why, kept, "RFC 7433, hex"),
                    call.id);
            return;
        }
        String before = call.id;
        call.token = token;
        call.id = token;
        if (call.offered) {
            link(token, before, "uui");
        }
    }

    /** The call of a routeing question, told as offered. */
    @Nullable
    Call offered(AmiMessage event) {
        Channel channel = channel("", event);
        if (channel == null) {
            return null;
        }
        Call call = of(channel.linked);
        offer(call, channel, event);
        return call;
    }

    private void offer(Call call, Channel channel, AmiMessage event) {
        if (call.offered) {
            return;
        }
        call.offered = true;
        channel.shown = true;
        call.calling = event.get("CallerIDNum");
        call.called = event.get("Exten");
        publish(Kind.OFFERED, call, channel, null, null, null);
    }

    private void joined(AmiMessage event) {
        Channel channel = channel("", event);
        if (channel == null) {
            meters.refused("no-channel");
            return;
        }
        Call call = of(channel.linked);
        offer(call, channel, event);
        call.queue = event.get("Queue");
        publish(Kind.QUEUED, call, channel, null, null, null);
    }

    private static boolean local(Channel channel) {
        return channel.name.startsWith("Local/");
    }

    private void dialled(AmiMessage event) {
        channel("", event);
        Channel to = channel("Dest", event);
        if (to == null || local(to)) {
            return;
        }
        Call call = of(to.linked);
        call.offered = true;
        to.shown = true;
        publish(Kind.DELIVERED, call, to, null, null, null);
    }

    private void dialEnded(AmiMessage event) {
        channel("", event);
        Channel to = channel("Dest", event);
        if (to == null || local(to) || !to.shown) {
            return;
        }
        Call call = of(to.linked);
        switch (event.get("DialStatus", "")) {
            case "ANSWER" -> {
                to.answered = true;
                publish(Kind.ESTABLISHED, call, to, null, null, null);
            }
            case "NOANSWER" -> publish(Kind.DIVERTED, call, to, null, "callNotAnswered", null);
            case "BUSY" -> publish(Kind.DIVERTED, call, to, null, "busy", null);
            case "CONGESTION", "CHANUNAVAIL" -> publish(Kind.DIVERTED, call, to, null, "destNotObtainable", null);
            default -> {}
        }
    }

    private void held(Kind kind, AmiMessage event) {
        Channel channel = channel("", event);
        if (channel != null && of(channel.linked).offered && channel.held != (kind == Kind.HELD)) {
            channel.held = kind == Kind.HELD;
            publish(kind, of(channel.linked), channel, null, null, null);
        }
    }

    private void blind(AmiMessage event) {
        Channel by = transferer("Transferer", event);
        if (by == null || !event.is("Result", "Success")) {
            return;
        }
        publish(Kind.TRANSFERRED, of(by.linked), by, null, "singleStepTransfer", event.get("Extension"));
    }

    private @Nullable Channel transferer(String prefix, AmiMessage event) {
        channel("Transferee", event);
        return channel(prefix, event);
    }

    private void attended(AmiMessage event) {
        Channel by = transferer("OrigTransferer", event);
        if (by == null || !event.is("Result", "Success")) {
            return;
        }
        String first = by.linked;
        Channel second = channel("SecondTransferer", event);
        Channel target = channel("TransferTarget", event);
        Call call = of(first);
        for (Channel other : new Channel[] {second, target}) {
            if (other != null && !other.linked.equals(first) && of(other.linked).offered) {
                link(call.id, of(other.linked).id, "transfer");
            }
        }
        String to = consultations.remove(by.id);
        to = to == null ? event.get("TransferTargetCallerIDNum") : to;
        to = to == null && target != null ? agents.device(target.name) : to;
        publish(Kind.TRANSFERRED, call, by, null, "transfer", to);
    }

    private void ended(AmiMessage event) {
        Channel channel = channel("", event);
        if (channel == null) {
            return;
        }
        channels.remove(channel.id);
        consultations.remove(channel.id);
        Call call = of(channel.linked);
        String cause = event.get("Cause-txt");
        Agent agent = agents.byDevice(agents.device(channel.name));
        if (call.offered && channel.shown && agent != null) {
            publish(Kind.CLEARED, call, channel, agent, cause, null);
        }
        if (--call.channels <= 0) {
            calls.remove(call.linked);
            if (call.offered) {
                over(call, channel, cause);
            }
        }
    }

    private void over(Call call, Channel last, @Nullable String cause) {
        outlet.publish(
                Origin.ACD,
                new CallEvents.Call(
                        Kind.CLEARED,
                        call.id,
                        last.id,
                        call.linked,
                        "acd",
                        call.calling,
                        call.called,
                        call.queue,
                        null,
                        null,
                        null,
                        cause,
                        call.token),
                call.id);
    }

    private void publish(
            Kind kind,
            Call call,
            Channel channel,
            @Nullable Agent of,
            @Nullable String cause,
            @Nullable String transferredTo) {
        String device = agents.device(channel.name);
        Agent agent = of == null ? agents.byDevice(device) : of;
        outlet.publish(
                Origin.ACD,
                new CallEvents.Call(
                        kind,
                        call.id,
                        channel.id,
                        call.linked,
                        "acd",
                        call.calling,
                        call.called,
                        call.queue,
                        agent == null ? null : agent.id(),
                        kind == Kind.OFFERED || kind == Kind.QUEUED || device != null ? device : channel.name,
                        transferredTo,
                        cause,
                        call.token),
                call.id);
    }

    /** The channel by which {@code device} takes part in a call; null when it does not. */
    @Nullable
    String channelOf(String linked, String device) {
        String found = null;
        for (Channel channel : channels.values()) {
            if (channel.linked.equals(linked) && device.equals(agents.device(channel.name))) {
                found = channel.answered || found == null ? channel.name : found;
            }
        }
        return found;
    }

    /** The channel that the call began with; null when it has gone. */
    @Nullable
    String callerOf(String linked) {
        Channel caller = channels.get(linked);
        return caller == null ? null : caller.name;
    }

    /** The calls that {@code device} takes part in. */
    List<Acd.LegState> legsOf(String device) {
        List<Acd.LegState> legs = new ArrayList<>();
        for (Channel channel : channels.values()) {
            if (device.equals(agents.device(channel.name))) {
                String state = channel.held ? "hold" : channel.answered ? "connected" : "alerting";
                legs.add(new Acd.LegState(of(channel.linked).id, new Acd.Leg(channel.linked, device), state));
            }
        }
        return legs;
    }

    /** The agent at {@code channel} consults {@code to}. */
    void consults(String channel, String to) {
        channels.values().stream()
                .filter(one -> one.name.equals(channel))
                .findFirst()
                .ifPresent(one -> consultations.put(one.id, to));
    }
}
