package io.distributary.sink.write;

/** What to do with a column of a record that its relation lacks and that is not to be added. */
public enum MissingColumns {
  /** It is an error: nothing is written. */
  FAIL,
  /** The column is left out. */
  IGNORE
}
