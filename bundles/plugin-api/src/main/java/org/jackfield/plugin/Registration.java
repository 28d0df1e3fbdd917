package org.jackfield.plugin;

import org.osgi.annotation.versioning.ProviderType;

/** Something that was registered and can be taken back. Closing twice does nothing; closing never throws. */
@ProviderType
@FunctionalInterface
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
