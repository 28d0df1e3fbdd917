package org.jackfield.console;

import java.net.InetAddress;
import java.net.UnknownHostException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Who may look: loopback only, until agents and operators can sign in. Stateless. */
final class Guard {
    private final boolean remote;

    Guard(boolean remote) {
        this.remote = remote;
    }

    /** Sets the security headers and says whether the request may go on; otherwise the answer is 403. */
    boolean admits(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:");
        if (remote || (isLoopback(request.getRemoteAddr()) && isLocalName(request.getServerName()))) {
            return true;
        }
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        return false;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** A page of another site that has its name pointed at the loopback (DNS rebinding) is no operator. */
    private static boolean isLocalName(String host) {
        return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]") || host.equals("::1");
    }
}
