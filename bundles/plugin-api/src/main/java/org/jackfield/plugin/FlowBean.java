package org.jackfield.plugin;

/** How a service is offered to flows: register it with the property {@code flow.bean=NAME} and routes say {@code bean: NAME}. */
public final class FlowBean {
    /** The service property whose value is the name. */
    public static final String PROPERTY = "flow.bean";

    /**
     * The service property, true or false, of a bean whose methods answer from memory, on any thread, without waiting for
     * anything. A route that does nothing but call such beans answers offers on the thread of the link that asks.
     */
    public static final String IMMEDIATE = "flow.bean.immediate";

    private FlowBean() {}
}
