package org.jackfield.protocol.csta;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routeing (ECMA-269 clause 19). All but the registration go one way: no answer belongs to their invoke id. */
public sealed interface RouteMessage extends CstaMessage {
    /** RouteRegister for one routeing device, or for all. */
    record Register(@Nullable String device) implements RouteMessage, CstaRequest<Registered> {
        @Override
        public Class<Registered> answer() {
            return Registered.class;
        }
    }

    /** RouteRegisterResponse. */
    record Registered(String registerId) implements RouteMessage {}

    /** RouteRegisterCancel. */
    record RegisterCancel(String registerId) implements RouteMessage, CstaRequest<RegisterCancelled> {
        @Override
        public Class<RegisterCancelled> answer() {
            return RegisterCancelled.class;
        }
    }

    /** RouteRegisterCancelResponse. */
    record RegisterCancelled() implements RouteMessage {}

    /** RouteRegisterAbort: the switch ends a registration. */
    record RegisterAbort(String registerId) implements RouteMessage {}

    /**
     * RouteRequest: where shall this call go?
     *
     * @param currentRoute where it goes without an answer
     * @param replyTimeout in milliseconds, when the switch says
     */
    record Request(
            String crossRef,
            @Nullable String registerId,
            Device currentRoute,
            @Nullable Device calling,
            @Nullable Device routeingDevice,
            @Nullable ConnectionId routedCall,
            @Nullable Integer replyTimeout,
            @Nullable HexData correlatorData)
            implements RouteMessage {}

    /** RouteSelect: there. */
    record Select(
            String crossRef,
            @Nullable String registerId,
            String route,
            List<String> alternates,
            boolean routeUsedReq,
            @Nullable HexData correlatorData)
            implements RouteMessage {}

    /** RouteUsed: where it really went. */
    record Used(
            String crossRef,
            @Nullable String registerId,
            Device routeUsed,
            @Nullable Device calling,
            @Nullable HexData correlatorData)
            implements RouteMessage {}

    /** RouteEnd, from either end: the dialogue is over, the call is not. */
    record End(
            String crossRef,
            @Nullable String registerId,
            @Nullable CstaError error,
            @Nullable HexData correlatorData) implements RouteMessage {}

    /** RouteReject: {@code busyOverflow}, {@code queueTimeOverflow}, {@code capacityOverflow}, ... */
    record Reject(
            String crossRef,
            @Nullable String registerId,
            @Nullable String cause,
            @Nullable HexData correlatorData) implements RouteMessage {}

    /** ReRoute: the destination did not work, another please. */
    record ReRoute(
            String crossRef,
            @Nullable String registerId,
            @Nullable Integer replyTimeout,
            @Nullable HexData correlatorData)
            implements RouteMessage {}
}
