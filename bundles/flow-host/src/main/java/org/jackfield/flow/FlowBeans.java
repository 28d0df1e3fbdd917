package org.jackfield.flow;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.apache.camel.spi.BeanRepository;
import org.jspecify.annotations.Nullable;

/**
 * How a context finds beans: by the name that a service carries in {@code flow.bean}, and by no other way.
 * Nothing is found by type, so that no service is used that no route names.
 */
final class FlowBeans implements BeanRepository {
    private static final Object STAND_IN = new Object();

    private final Services services;
    private final Set<String> standIns = ConcurrentHashMap.newKeySet();

    FlowBeans(Services services) {
        this.services = services;
    }

    /** Lets lint build a route although the bean is away. */
    void standIn(String name) {
        standIns.add(name);
    }

    /** True when a route could not be built because a stand-in lacks the method that it calls. */
    static boolean standsIn(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof MethodNotFoundException missing && missing.getBean() == STAND_IN) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Object lookupByName(String name) {
        Object bean = services.bean(name);
        return bean == null && standIns.contains(name) ? STAND_IN : bean;
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        Object bean = lookupByName(name);
        return type.isInstance(bean) ? type.cast(bean) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return new HashMap<>();
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return Set.of();
    }
}
