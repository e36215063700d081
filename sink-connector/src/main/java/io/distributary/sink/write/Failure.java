package io.distributary.sink.write;

import io.distributary.core.record.Change;

/**
 * A change that the target refused.
 *
 * @param change the change
 * @param cause why
 */
public record Failure(Change change, WriteException cause) {}
