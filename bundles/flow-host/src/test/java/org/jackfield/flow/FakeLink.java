package org.jackfield.flow;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jackfield.plugin.Command;
import org.jackfield.plugin.Link;
import org.jackfield.plugin.LinkId;
import org.jackfield.plugin.OfferPoint;
import org.jackfield.plugin.Operation;
import org.jackfield.plugin.Status;

/** A link that writes down what it is asked and answers with what the test says. */
final class FakeLink implements Link {
    private final LinkId id;
    private final List<Operation<?, ?>> operations;
    private final List<OfferPoint<?, ?>> offers;
    private final Function<Command<?, ?>, CompletionStage<?>> answers;
    private final List<Command<?, ?>> commands = new CopyOnWriteArrayList<>();

    FakeLink(
            String tenant,
            String kind,
            String name,
            List<Operation<?, ?>> operations,
            List<OfferPoint<?, ?>> offers,
            Function<Command<?, ?>, CompletionStage<?>> answers) {
        this.id = new LinkId(tenant, kind, name);
        this.operations = operations;
        this.offers = offers;
        this.answers = answers;
    }

    /** A link of tenant demo named main that answers each command with {@code answer}. */
    static FakeLink of(String kind, Operation<?, ?> operation, Function<Command<?, ?>, Object> answer) {
        return new FakeLink(
                "demo",
                kind,
                "main",
                List.of(operation),
                List.of(),
                command -> CompletableFuture.completedFuture(answer.apply(command)));
    }

    static FakeLink offering(String kind, OfferPoint<?, ?> point) {
        return new FakeLink("demo", kind, "main", List.of(), List.of(point), command -> new CompletableFuture<>());
    }

    @Override
    public LinkId id() {
        return id;
    }

    @Override
    public Status status() {
        return Status.up("connected", Instant.EPOCH);
    }

    @Override
    public Collection<Operation<?, ?>> operations() {
        return operations;
    }

    @Override
    public Collection<OfferPoint<?, ?>> offers() {
        return offers;
    }

    @Override
    public <Q, A> CompletionStage<A> execute(Command<Q, A> command) {
        commands.add(command);
        @SuppressWarnings("unchecked")
        var answer = (CompletionStage<A>) answers.apply(command);
        return answer;
    }

    /** The arguments of all commands so far, in order. */
    List<Object> arguments() {
        return commands.stream().map(command -> (Object) command.argument()).toList();
    }

    List<Command<?, ?>> commands() {
        return commands;
    }

    @Override
    public void close() {}
}
