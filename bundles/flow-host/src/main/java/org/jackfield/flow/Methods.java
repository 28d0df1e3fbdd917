package org.jackfield.flow;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.TreeSet;

/** Which methods of a bean a route can call: public ones that a public class or interface declares. */
final class Methods {
    private Methods() {}

    static Collection<String> of(Object bean) {
        Collection<String> names = new TreeSet<>();
        for (Method method : bean.getClass().getMethods()) {
            if (method.getDeclaringClass() != Object.class && callable(method, bean.getClass())) {
                names.add(method.getName());
            }
        }
        return names;
    }

    private static boolean callable(Method method, Class<?> type) {
        if (Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
            return true;
        }
        for (Class<?> contract : type.getInterfaces()) {
            for (Method declared : contract.getMethods()) {
                if (declared.getName().equals(method.getName()) && Modifier.isPublic(contract.getModifiers())) {
                    return true;
                }
            }
        }
        return false;
    }
}
