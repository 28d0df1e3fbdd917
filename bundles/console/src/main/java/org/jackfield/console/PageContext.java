package org.jackfield.console;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.http.context.ServletContextHelper;
import org.osgi.service.http.whiteboard.propertytypes.HttpWhiteboardContext;

/**
 * The status page's own servlet context (OSGi Compendium 8, section 140.2), at the root like the default one. Stateless.
 *
 * <p>The status page takes every path that nobody else has, since the web container knows no pattern for the root alone
 * (it turns the empty one into {@code /}). The container remembers who answered by context and path. In one context with
 * others, a request for a page that is only just being registered could be remembered for the status page, and
 * {@code /health/ready} be answered 404 until the next restart.
 */
@Component(service = ServletContextHelper.class, scope = ServiceScope.BUNDLE)
@HttpWhiteboardContext(name = PageContext.NAME, path = "/")
public final class PageContext extends ServletContextHelper {
    static final String NAME = "jackfield-page";
}
