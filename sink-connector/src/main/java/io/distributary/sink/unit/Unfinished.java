package io.distributary.sink.unit;

/** What becomes of an unfinished unit in the open transaction when another one begins. */
public enum Unfinished {
  /** There is none, or its changes stay and are shown with the other unit. */
  KEEP,
  /** It is a snapshot whose rows are taken for changes. */
  MERGE_SNAPSHOT,
  /** It is rolled back: all of it comes again. */
  DROP
}
