package org.jackfield.testkit.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jackfield.testkit.MemoryTable;

/** {@link NullBus} as a bundle, to take the place of the host's own bus. */
public final class NullBusBundle {
    public static final String NAME = "org.jackfield.null-bus";

    private static final String COMPONENT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="null-bus" immediate="true">
              <implementation class="org.jackfield.testkit.load.NullBus"/>
              <service><provide interface="org.jackfield.plugin.EventBus"/></service>
            </scr:component>
            """;
    private static final List<Class<?>> CLASSES = List.of(NullBus.class, MemoryTable.class);

    private NullBusBundle() {}

    /** Writes the bundle. */
    public static Path write(Path file) throws IOException {
        var manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", NAME);
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Import-Package", "org.jackfield.plugin,org.jackfield.event");
        main.putValue("Service-Component", "OSGI-INF/null-bus.xml");
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            jar.putNextEntry(new JarEntry("OSGI-INF/null-bus.xml"));
            jar.write(COMPONENT.getBytes(StandardCharsets.UTF_8));
            for (Class<?> one : CLASSES) {
                String name = one.getName().replace('.', '/') + ".class";
                try (InputStream bytes = one.getResourceAsStream("/" + name)) {
                    if (bytes == null) {
                        throw new IOException(name + " is not on the class path");
                    }
                    jar.putNextEntry(new JarEntry(name));
                    bytes.transferTo(jar);
                }
            }
        }
        return file;
    }
}
