package io.distributary.source.emit;

/** What order holds in a topic. */
public enum Ordering {
  /** Commit order: everything is in partition 0, and units are whole. */
  TRANSACTION,
  /** The order of each row's changes: rows are spread over partitions, each a unit of its own. */
  KEY
}
