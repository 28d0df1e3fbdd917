package org.jackfield.flow;

import java.time.Clock;
import java.util.concurrent.Executor;
import org.jackfield.plugin.EventBus;

/**
 * What the endpoints of one context need from the host.
 *
 * @param workers where a route goes on after a link has answered, so that it never runs on the link's threads
 */
record Wiring(String flow, EventBus bus, Services services, Inputs inputs, Executor workers, Clock clock) {}
