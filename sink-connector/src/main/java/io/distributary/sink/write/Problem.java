package io.distributary.sink.write;

/**
 * Something wrong with a configuration.
 *
 * @param setting the configuration key that must change, for example {@code connection.url}
 * @param message what is wrong and what to do
 */
public record Problem(String setting, String message) {}
