package io.distributary.source.postgres;

/** What becomes of a TRUNCATE. */
public enum Truncation {
  /** A snapshot without rows, unless rows follow in the same transaction. */
  SNAPSHOT,
  /** A change of its unit, among others. */
  CHANGE,
  /** An error: where each row is a unit of its own nothing can say that all are gone. */
  REFUSED
}
