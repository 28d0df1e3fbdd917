package org.jackfield.sip;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.CommandException;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.Status;

/** Stands in for a trunk whose configuration is no good, so that the fault shows where operators look. */
record BrokenTrunk(LinkId id, Status status) implements Link {
    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        return CompletableFuture.failedFuture(new CommandException("linkDown", status.sentence(), false, null));
    }

    @Override
    public void close() {}
}
