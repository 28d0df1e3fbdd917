package org.jackfield.plugin;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A connection to a peer, owned by a plugin and registered as an OSGi service of this type.
 * Flows only attach to it: they come and go without touching its sockets. No method may block; all are called from any
 * thread. A link publishes what it sees through {@link EventBus#publish} and reports its own trouble by its status.
 */
@ConsumerType
public interface Link extends AutoCloseable {
    LinkId id();

    Status status();

    /** What it can be asked to do; never changes while the link lives. */
    default Collection<Operation<?, ?>> operations() {
        return List.of();
    }

    /** The questions its peer waits for; never changes while the link lives. */
    default Collection<OfferPoint<?, ?>> offers() {
        return List.of();
    }

    /**
     * Carries out an order. At most once: it is never repeated by the link.
     *
     * @return completes with the answer, or exceptionally with {@link CommandException}, always within the timeout
     */
    <Q, A> CompletionStage<A> execute(Command<Q, A> command);

    /** Ends the link; a second call does nothing. */
    @Override
    void close();
}
