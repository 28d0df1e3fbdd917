package org.jackfield.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jackfield.plugin.Link;
import org.jspecify.annotations.Nullable;

/**
 * What flows can name at this moment: links by kind and beans by name.
 * Knows nothing of OSGi; safe for any thread. Watchers are told on the thread that changed something and must not block.
 */
final class Services {
    private final Set<String> kinds = ConcurrentHashMap.newKeySet();
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final Map<String, Object> beans = new ConcurrentHashMap<>();
    private final Set<Object> immediate =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final List<Consumer<Need>> watchers = new CopyOnWriteArrayList<>();

    /** Makes link kinds known before a link of theirs appears. */
    void know(Collection<String> more) {
        kinds.addAll(more);
    }

    void watch(Consumer<Need> watcher) {
        watchers.add(watcher);
    }

    void add(Link link) {
        kinds.add(link.id().kind());
        links.add(link);
        changed(new Need.OfLink(link.id().kind(), null));
    }

    void remove(Link link) {
        if (links.remove(link)) {
            changed(new Need.OfLink(link.id().kind(), null));
        }
    }

    /** A bean came, was replaced, or (bean null) went. */
    void bean(String name, @Nullable Object bean) {
        Object before = bean == null ? beans.remove(name) : beans.put(name, bean);
        if (before != bean) {
            changed(new Need.OfBean(name));
        }
    }

    /** Call before {@link #bean}: this one's methods never wait. Forgotten by {@link #forget}. */
    void immediate(Object bean) {
        immediate.add(bean);
    }

    void forget(Object bean) {
        immediate.remove(bean);
    }

    /** True for a bean whose methods never wait. */
    boolean isImmediate(String name) {
        Object bean = beans.get(name);
        return bean != null && immediate.contains(bean);
    }

    private void changed(Need need) {
        watchers.forEach(watcher -> watcher.accept(need));
    }

    boolean isKind(String scheme) {
        return kinds.contains(scheme);
    }

    Collection<String> kinds() {
        return new TreeSet<>(kinds);
    }

    @Nullable
    Object bean(String name) {
        return beans.get(name);
    }

    Collection<String> beans() {
        return new TreeSet<>(beans.keySet());
    }

    /** The links of a kind; those of one name only when {@code name} is given. */
    List<Link> links(String kind, @Nullable String name) {
        List<Link> found = new ArrayList<>();
        for (Link link : links) {
            if (link.id().kind().equals(kind)
                    && (name == null || link.id().name().equals(name))) {
                found.add(link);
            }
        }
        return found;
    }

    /** True when what is needed is there. */
    boolean has(Need need) {
        if (need instanceof Need.OfLink link) {
            return !links(link.kind(), link.name()).isEmpty();
        }
        return need instanceof Need.OfBean bean && beans.containsKey(bean.name());
    }
}
