package org.jackfield.flow;

import java.util.List;
import org.apache.camel.Route;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;

/**
 * Tells which routes never wait: those that do nothing but call beans that promise so, and that try nothing again.
 * Such a route may answer an offer on the thread of the link that asks, which spares waking one thread for the question
 * and another for the answer. Everything that is not known to be quick is taken for slow.
 */
final class Immediate {
    private Immediate() {}

    /** @param route as it is about to start, with what its configuration added to it */
    static boolean is(Route route, Services services) {
        return route.getRoute() instanceof RouteDefinition definition
                && route.getInterceptStrategies().isEmpty()
                && definition.getInputType() == null
                && definition.getOutputType() == null
                && failsAtOnce(route, definition)
                && onlyImmediateBeans(definition.getOutputs(), services);
    }

    /** Nothing but the context's own error handler, which is asked for no redelivery: it passes on what went wrong. */
    private static boolean failsAtOnce(Route route, RouteDefinition definition) {
        return definition.getErrorHandlerFactory() instanceof RefErrorHandlerDefinition handler
                && RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(handler.getRef())
                && route.getCamelContext().getCamelContextExtension().getErrorHandlerFactory() == null;
    }

    private static boolean onlyImmediateBeans(List<ProcessorDefinition<?>> steps, Services services) {
        return !steps.isEmpty() && steps.stream().allMatch(step -> isImmediateBean(step, services));
    }

    /** Arguments given by the route are expressions, which may do anything. */
    private static boolean isImmediateBean(ProcessorDefinition<?> step, Services services) {
        return step instanceof BeanDefinition bean
                && bean.getRef() != null
                && (bean.getMethod() == null || bean.getMethod().indexOf('(') < 0)
                && services.isImmediate(bean.getRef());
    }
}
