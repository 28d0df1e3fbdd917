package org.jackfield.flow;

import java.util.Map;
import java.util.TreeMap;
import org.jackfield.plugin.FlowBean;
import org.jackfield.plugin.Link;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/**
 * Tells {@link Services} which links and flow beans the OSGi framework has at this moment.
 * Beans are found by their property alone and called by reflection, so that no class of a plugin is ever imported.
 */
final class ServiceWatch implements AutoCloseable {
    private final BundleContext context;
    private final Services services;
    private final ServiceTracker<Link, Link> links;
    private final ServiceTracker<Object, Object> beans;
    private final Map<String, TreeMap<ServiceReference<?>, Object>> candidates = new TreeMap<>();

    ServiceWatch(BundleContext context, Services services) {
        this.context = context;
        this.services = services;
        links = new ServiceTracker<>(context, Link.class, new Links());
        try {
            beans = new ServiceTracker<>(context, context.createFilter("(" + FlowBean.PROPERTY + "=*)"), new Beans());
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("the filter is a constant", e);
        }
    }

    void open() {
        links.open();
        beans.open();
    }

    @Override
    public void close() {
        beans.close();
        links.close();
    }

    private final class Links implements ServiceTrackerCustomizer<Link, Link> {
        @Override
        public @Nullable Link addingService(ServiceReference<Link> reference) {
            Link link = context.getService(reference);
            if (link != null) {
                services.add(link);
            }
            return link;
        }

        @Override
        public void modifiedService(ServiceReference<Link> reference, Link link) {}

        @Override
        public void removedService(ServiceReference<Link> reference, Link link) {
            services.remove(link);
            context.ungetService(reference);
        }
    }

    private final class Beans implements ServiceTrackerCustomizer<Object, Object> {
        @Override
        public @Nullable Object addingService(ServiceReference<Object> reference) {
            Object bean = context.getService(reference);
            if (bean != null) {
                if (Boolean.TRUE.equals(reference.getProperty(FlowBean.IMMEDIATE))) {
                    services.immediate(bean);
                }
                choose(reference, bean);
            }
            return bean;
        }

        @Override
        public void modifiedService(ServiceReference<Object> reference, Object bean) {}

        @Override
        public void removedService(ServiceReference<Object> reference, Object bean) {
            choose(reference, null);
            services.forget(bean);
            context.ungetService(reference);
        }
    }

    /** Of several services with one name, the one of the highest ranking counts. */
    private synchronized void choose(ServiceReference<?> reference, @Nullable Object bean) {
        String name = String.valueOf(reference.getProperty(FlowBean.PROPERTY));
        TreeMap<ServiceReference<?>, Object> named = candidates.computeIfAbsent(name, n -> new TreeMap<>());
        if (bean == null) {
            named.remove(reference);
        } else {
            named.put(reference, bean);
        }
        services.bean(name, named.isEmpty() ? null : named.lastEntry().getValue());
    }
}
