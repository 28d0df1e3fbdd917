package org.jackfield.flow;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Has a link carry out an operation: body in = its argument, never converted; body out = its answer.
 * Does not block: the route goes on at a worker when the link has answered. The link is the exchange's tenant's.
 */
final class LinkProducer extends DefaultAsyncProducer {
    private final LinkEndpoint endpoint;

    LinkProducer(LinkEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Link link = link(exchange);
            send(link, operation(link), exchange, callback);
            return false;
        } catch (CommandException | RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private <Q, A> void send(Link link, Operation<Q, A> operation, Exchange exchange, AsyncCallback callback)
            throws CommandException {
        Object body = exchange.getMessage().getBody();
        if (!operation.argument().isInstance(body)) {
            throw new CommandException(
                    "wrongArgument",
                    "body for " + endpoint.kind() + ":" + endpoint.name() + ": "
                            + (body == null ? "nothing" : body.getClass().getName()) + " (expected: "
                            + operation.argument().getName() + ")",
                    false,
                    null);
        }
        var command = new Command<>(
                operation, operation.argument().cast(body), Exchanges.event(exchange), endpoint.timeout());
        CompletionStage<A> answer = link.execute(command);
        answer.whenCompleteAsync(
                (value, error) -> {
                    if (error == null) {
                        exchange.getMessage().setBody(value);
                    } else {
                        exchange.setException(unwrap(error));
                    }
                    callback.done(false);
                },
                endpoint.wiring().workers());
    }

    private static Throwable unwrap(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private Operation<?, ?> operation(Link link) throws CommandException {
        for (Operation<?, ?> operation : link.operations()) {
            if (operation.name().equals(endpoint.name())) {
                return operation;
            }
        }
        throw new CommandException(
                "unknownOperation",
                "link " + link.id() + " has no operation \"" + endpoint.name() + "\" (expected: "
                        + Lint.operations(List.of(link)) + ")",
                false,
                null);
    }

    private Link link(Exchange exchange) throws CommandException {
        String tenant = endpoint.getTenant() != null ? endpoint.getTenant() : Exchanges.tenant(exchange);
        List<Link> links = endpoint.wiring().services().links(endpoint.kind(), endpoint.getLink()).stream()
                .filter(link -> tenant == null || link.id().tenant().equals(tenant))
                .toList();
        if (links.size() == 1) {
            return links.get(0);
        }
        Link sameLink = pick(links, Exchanges.link(exchange));
        if (sameLink != null) {
            return sameLink;
        }
        String which = "links of kind " + endpoint.kind()
                + (tenant == null ? "" : " of tenant " + tenant)
                + (endpoint.getLink() == null ? "" : " with name " + endpoint.getLink());
        if (links.isEmpty()) {
            throw new CommandException("noLink", which + ": none (expected: one)", true, null);
        }
        throw new CommandException(
                "ambiguousLink",
                which + ": " + links.stream().map(link -> link.id().toString()).toList()
                        + " (expected: one, or the option link=NAME, and tenant=NAME when no event or offer gives it)",
                false,
                null);
    }

    private static @Nullable Link pick(List<Link> links, @Nullable LinkId id) {
        return links.stream().filter(link -> link.id().equals(id)).findFirst().orElse(null);
    }
}
