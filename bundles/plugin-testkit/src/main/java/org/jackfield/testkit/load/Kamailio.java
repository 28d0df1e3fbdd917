package org.jackfield.testkit.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Kamailio with one of our configurations: as the measure of a bench, and as a proxy between the host and others.
 * Its words LISTEN, TRUNK and PHONES become ports.
 */
public final class Kamailio {
    /** A stateful proxy with record-route: from TRUNK to PHONES, and from anybody else to TRUNK. */
    public static final String PROXY = text();

    /** Options that give a bench's Kamailio as much memory as the host beside it has; with less its knee is that. */
    public static final List<String> ROOM = List.of("-m", "2048");

    /**
     * Options for its faster memory manager, with the same room. The packaged default, qm, searches through two thousand
     * lists at each allocation, which costs little on a processor with much cache and most of the call on one without.
     */
    public static final List<String> FAST_MEMORY = List.of("-m", "2048", "-x", "fm", "-X", "fm");

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
        return command(folder, config, listen, trunk, phones, more, List.of());
    }

    /** As above with further options of the command line. */
    public static List<String> command(
            Path folder,
            String config,
            int listen,
            int trunk,
            int phones,
            Map<String, String> more,
            List<String> options)
            throws IOException {
        String text = config.replace("LISTEN", String.valueOf(listen))
                .replace("TRUNK", String.valueOf(trunk))
                .replace("PHONES", String.valueOf(phones));
        for (Map.Entry<String, String> word : more.entrySet()) {
            text = text.replace(word.getKey(), word.getValue());
        }
        Path file = Files.writeString(Files.createDirectories(folder).resolve("kamailio.cfg"), text);
        List<String> command = new ArrayList<>(List.of(
                "kamailio", "-f", file.toString(), "-DD", "-E", "-Y", folder.toString(), "-m", "256", "-M", "16"));
        command.addAll(options);
        return command;
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
