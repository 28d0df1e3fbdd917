package org.jackfield.flow;

import java.util.List;
import org.apache.camel.NamedNode;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.OnFallbackDefinition;
import org.apache.camel.model.OtherwiseDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.WhenDefinition;

/** Visits every step of a route, branches and their conditions included. */
final class RouteWalk {
    /** Sees one step. */
    @FunctionalInterface
    interface Visitor {
        void visit(NamedNode step) throws Refused;
    }

    private RouteWalk() {}

    static void walk(RouteDefinition route, Visitor visitor) throws Refused {
        outputs(route.getOutputs(), visitor);
    }

    private static void outputs(List<ProcessorDefinition<?>> steps, Visitor visitor) throws Refused {
        for (ProcessorDefinition<?> step : steps) {
            step(step, visitor);
        }
    }

    private static void step(ProcessorDefinition<?> step, Visitor visitor) throws Refused {
        visitor.visit(step);
        if (step instanceof ChoiceDefinition choice) {
            choice(choice, visitor);
        } else if (step instanceof SetHeadersDefinition headers) {
            for (NamedNode header : headers.getHeaders()) {
                visitor.visit(header);
            }
        } else {
            outputs(step.getOutputs(), visitor);
        }
        if (step instanceof CircuitBreakerDefinition breaker) {
            OnFallbackDefinition fallback = breaker.getOnFallback();
            if (fallback != null) {
                outputs(fallback.getOutputs(), visitor);
            }
        }
    }

    private static void choice(ChoiceDefinition choice, Visitor visitor) throws Refused {
        for (WhenDefinition when : choice.getWhenClauses()) {
            visitor.visit(when);
            outputs(when.getOutputs(), visitor);
        }
        OtherwiseDefinition otherwise = choice.getOtherwise();
        if (otherwise != null) {
            outputs(otherwise.getOutputs(), visitor);
        }
    }
}
