package io.distributary.sink.write;

/** What a deleted row of the source means in a target. */
public enum DeleteMode {
  /** The row is deleted. */
  HARD,
  /** The row stays; its marker column is set to 1, and back to 0 when the row returns. */
  SOFT,
  /** Nothing: the row stays as it was. */
  IGNORE
}
