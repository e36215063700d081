package io.distributary.sink.write;

/**
 * The form of a key column's values in which two are equal exactly when the target holds them to be
 * the same key: {@code Long}, {@code Double}, {@code String}, {@code byte[]} or another type with
 * equality.
 */
@FunctionalInterface
interface KeyForm {
  /** The answer where only the database can tell: such changes are applied one after the other. */
  Object UNKNOWN = new Object();

  /** The value's form; the value itself wherever that is possible. Never called with null. */
  Object of(Object value);
}
