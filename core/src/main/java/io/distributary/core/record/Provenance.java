package io.distributary.core.record;

/**
 * Who wrote a record: the part of the {@code source} block that is the same in all records of a
 * connector.
 *
 * @param version the plugin's version
 * @param connector the kind of source, for example {@code sqlite}
 * @param name the connector's {@code topic.prefix}
 */
public record Provenance(String version, String connector, String name) {}
