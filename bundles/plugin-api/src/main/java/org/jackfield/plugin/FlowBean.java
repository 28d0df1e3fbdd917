package org.jackfield.plugin;

/** How a service is offered to flows: register it with the property {@code flow.bean=NAME} and routes say {@code bean: NAME}. */
public final class FlowBean {
    /** The service property whose value is the name. */
    public static final String PROPERTY = "flow.bean";

    private FlowBean() {}
}
