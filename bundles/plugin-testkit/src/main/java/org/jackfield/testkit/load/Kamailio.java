package org.jackfield.testkit.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Kamailio with one of our configurations: as the measure of a bench, and as a proxy between the host and others.
 * Its words LISTEN, TRUNK and PHONES become ports.
 */
public final class Kamailio {
    /** A stateful proxy with record-route: from TRUNK to PHONES, and from anybody else to TRUNK. */
    public static final String PROXY = text();

    private Kamailio() {}

    /**
     * The command that starts it in the foreground, with its configuration written.
     *
     * @param folder for its configuration and run-time files
     * @param more further words of the configuration and what becomes of them
     */
    public static List<String> command(
            Path folder, String config, int listen, int trunk, int phones, Map<String, String> more)
            throws IOException {
        String text = config.replace("LISTEN", String.valueOf(listen))
                .replace("TRUNK", String.valueOf(trunk))
                .replace("PHONES", String.valueOf(phones));
        for (Map.Entry<String, String> word : more.entrySet()) {
            text = text.replace(word.getKey(), word.getValue());
        }
        Path file = Files.writeString(Files.createDirectories(folder).resolve("kamailio.cfg"), text);
        return List.of(
                "kamailio", "-f", file.toString(), "-DD", "-E", "-Y", folder.toString(), "-m", "256", "-M", "16");
    }

    private static String text() {
        try (InputStream config = Kamailio.class.getResourceAsStream("kamailio.cfg")) {
            if (config == null) {
                throw new IllegalStateException("kamailio.cfg is not beside " + Kamailio.class);
            }
            return new String(config.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
