package org.jackfield.plugin;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Finds out who somebody is, through the identity provider of a tenant; an OSGi service, one per link that can.
 * No method blocks. A page sends the browser to {@link Attempt#address} and hands the code that comes back to
 * {@link #finish}; tokens never leave the provider of this service.
 */
@ProviderType
public interface SignIn {
    /** The host's tenant whose people sign in here. */
    String tenant();

    /**
     * One attempt of one browser; kept by the page and used once.
     *
     * @param address where the browser goes
     * @param redirect where it comes back to, with the code
     * @param state comes back with it, and tells which attempt it was
     * @param nonce must be in the answer about this attempt
     * @param verifier proves that the code is used by whom it was asked for (PKCE, RFC 7636)
     */
    record Attempt(URI address, URI redirect, String state, String nonce, String verifier) {
        @Override
        public String toString() {
            return "Attempt[" + redirect + "]";
        }
    }

    /**
     * Who it is.
     *
     * @param user the object id
     * @param name the sign-in name
     * @param roles the app roles, for example {@code Agent}
     */
    record Person(String tenant, String user, String name, Set<String> roles) {
        public Person {
            roles = Set.copyOf(roles);
        }
    }

    /** @param redirect must be registered for the application */
    Attempt begin(URI redirect);

    /** @return exceptionally with {@link CommandException} when the provider does not vouch for anybody */
    CompletionStage<Person> finish(Attempt attempt, String code);

    /**
     * Who stands behind a token that another page of the same application was given (on behalf of).
     *
     * @return exceptionally with {@link CommandException} when the provider does not vouch for anybody
     */
    CompletionStage<Person> byToken(String token);
}
