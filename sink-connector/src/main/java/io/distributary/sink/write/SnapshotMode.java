package io.distributary.sink.write;

/** How a snapshot takes a relation's place. */
public enum SnapshotMode {
  /**
   * It is loaded into a new table, made like the old one, which is then dropped. Where that is
   * impossible, as {@link #MERGE}.
   */
  SWAP,
  /** The existing table is brought to the snapshot's content, touching only rows that differ. */
  MERGE
}
