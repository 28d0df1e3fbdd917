package org.jackfield.acd.csta;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jackfield.plugin.Acd;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Mode;
import org.jackfield.plugin.Uui;
import org.jackfield.protocol.csta.CallMessage;
import org.jackfield.protocol.csta.ConnectionId;
import org.jackfield.protocol.csta.CstaMessage;
import org.jackfield.protocol.csta.CstaRequest;
import org.jackfield.protocol.csta.HexData;
import org.jackfield.protocol.csta.MonitorMessage;
import org.jspecify.annotations.Nullable;

/** Carries out what flows ask about calls, each order at most once: it is sent once and never repeated. On the lane only. */
final class CallOrders {
    private final Settings settings;
    private final CallIds ids;
    private final Pacer pacer;

    CallOrders(Settings settings, CallIds ids, Pacer pacer) {
        this.settings = settings;
        this.ids = ids;
        this.pacer = pacer;
    }

    /** Sends the order that {@code argument} is; false when it is none of this class. */
    boolean execute(Object argument, Duration timeout, CompletableFuture<Object> answer) {
        if (argument instanceof Acd.Snapshot order) {
            var request = new MonitorMessage.Snapshot(order.device());
            send("SnapshotDevice " + order.device(), request, timeout, answer, this::snapshot);
            return true;
        }
        Order<?> order = order(argument);
        if (order == null) {
            return false;
        }
        if (settings.mode() == Mode.OBSERVE) {
            answer.completeExceptionally(
                    new CommandException("observed", order.what() + ": not sent, the link only observes", false, null));
        } else {
            order.send(this, timeout, answer);
        }
        return true;
    }

    private record Order<A extends CstaMessage>(String what, CstaRequest<A> request, Function<A, Object> read) {
        void send(CallOrders orders, Duration timeout, CompletableFuture<Object> answer) {
            orders.send(what, request, timeout, answer, read);
        }
    }

    private @Nullable Order<?> order(Object argument) {
        if (argument instanceof Acd.MakeCall make) {
            return new Order<>(
                    "MakeCall " + make.device(),
                    new CallMessage.Make(make.device(), make.to(), "doNotPrompt", correlator(make.call()), null),
                    given -> leg(given.calling(), make.device(), make.call()));
        } else if (argument instanceof Acd.AnswerCall answer) {
            return act(CallMessage.Verb.ANSWER, answer.leg());
        } else if (argument instanceof Acd.HoldCall hold) {
            return act(CallMessage.Verb.HOLD, hold.leg());
        } else if (argument instanceof Acd.RetrieveCall retrieve) {
            return act(CallMessage.Verb.RETRIEVE, retrieve.leg());
        } else if (argument instanceof Acd.ClearConnection clear) {
            return new Order<>(
                    "ClearConnection " + clear.leg().acdCall(),
                    new CallMessage.Clear(id(clear.leg()), null, null),
                    given -> new Acd.Done());
        } else if (argument instanceof Acd.DeflectCall deflect) {
            return new Order<>(
                    "DeflectCall " + deflect.leg().acdCall(),
                    new CallMessage.Deflect(id(deflect.leg()), deflect.to(), correlator(deflect.call()), null),
                    given -> new Acd.Done());
        }
        return move(argument);
    }

    /** Orders after which a call goes on under another callID. */
    private @Nullable Order<?> move(Object argument) {
        if (argument instanceof Acd.ConsultationCall consult) {
            return new Order<>(
                    "ConsultationCall " + consult.leg().acdCall(),
                    new CallMessage.Consult(id(consult.leg()), consult.to(), correlator(consult.call()), null),
                    given -> leg(given.initiated(), consult.leg().device(), null));
        } else if (argument instanceof Acd.ReconnectCall reconnect) {
            return new Order<>(
                    "ReconnectCall " + reconnect.held().acdCall(),
                    new CallMessage.Reconnect(id(reconnect.active()), id(reconnect.held())),
                    given -> new Acd.Done());
        } else if (argument instanceof Acd.TransferCall transfer) {
            return new Order<>(
                    "TransferCall " + transfer.held().acdCall(),
                    new CallMessage.Transfer(id(transfer.held()), id(transfer.active())),
                    given -> moved(transfer.held().acdCall(), given.transferredCall()));
        } else if (argument instanceof Acd.ConferenceCall conference) {
            return new Order<>(
                    "ConferenceCall " + conference.held().acdCall(),
                    new CallMessage.Conference(id(conference.held()), id(conference.active())),
                    given -> moved(conference.held().acdCall(), given.conferenceCall()));
        } else if (argument instanceof Acd.SingleStepConference join) {
            String how = join.participation() == null ? "active" : join.participation();
            return new Order<>(
                    "SingleStepConferenceCall " + join.leg().acdCall(),
                    new CallMessage.SingleStepConference(id(join.leg()), join.to(), how),
                    given -> moved(join.leg().acdCall(), given.conferencedCall()));
        } else if (argument instanceof Acd.SingleStepTransfer transfer) {
            var active = new ConnectionId(transfer.acdCall(), transfer.device());
            return new Order<>(
                    "SingleStepTransferCall " + transfer.acdCall(),
                    new CallMessage.SingleStepTransfer(active, transfer.to(), correlator(transfer.call()), null),
                    given -> new Acd.SingleStepTransferAnswer(
                            moved(transfer.acdCall(), given.transferredCall()).acdCall()));
        }
        return null;
    }

    private static Order<CallMessage.Acted> act(CallMessage.Verb verb, Acd.Leg leg) {
        return new Order<>(
                verb.element() + " " + leg.acdCall(), new CallMessage.Act(verb, id(leg)), given -> new Acd.Done());
    }

    private <A extends CstaMessage> void send(
            String what,
            CstaRequest<A> request,
            Duration timeout,
            CompletableFuture<Object> answer,
            Function<A, Object> read) {
        pacer.order(request, timeout, (given, failure) -> {
            if (given == null) {
                Throwable why = failure == null ? new IllegalStateException("no answer") : failure;
                boolean asksOnly = request instanceof MonitorMessage;
                answer.completeExceptionally(Failures.typed(what, why, asksOnly));
            } else {
                answer.complete(read.apply(given));
            }
        });
    }

    private static ConnectionId id(Acd.Leg leg) {
        return new ConnectionId(leg.acdCall(), leg.device());
    }

    /** The leg that the ACD made; its call is the host's {@code call} from now on, when that is given. */
    private Acd.Leg leg(ConnectionId made, String device, @Nullable String call) {
        String acdCall = made.callId() == null ? "" : made.callId();
        HexData token = correlator(call);
        if (!acdCall.isEmpty() && token != null) {
            ids.of(acdCall, token);
        }
        return new Acd.Leg(acdCall, made.deviceId() == null ? device : made.deviceId());
    }

    private Acd.MovedCall moved(String before, ConnectionId now) {
        String callId = now.callId();
        if (callId == null) {
            return new Acd.MovedCall(before);
        }
        ids.follow(callId, ids.of(before, null));
        return new Acd.MovedCall(callId);
    }

    private Acd.SnapshotAnswer snapshot(MonitorMessage.SnapshotAnswer given) {
        return new Acd.SnapshotAnswer(given.calls().stream()
                .filter(call -> call.connection().callId() != null)
                .map(call -> {
                    String callId = String.valueOf(call.connection().callId());
                    String device = call.connection().deviceId();
                    return new Acd.LegState(
                            ids.of(callId, null).id(), new Acd.Leg(callId, device == null ? "" : device), call.state());
                })
                .toList());
    }

    /** The call's token, so that the leg that the ACD makes for it is known as the same call. */
    private static @Nullable HexData correlator(@Nullable String call) {
        try {
            return call == null ? null : new HexData(Uui.hex(call).toUpperCase(Locale.ROOT), true);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
