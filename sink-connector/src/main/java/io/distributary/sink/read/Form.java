package io.distributary.sink.read;

/** What kind of record a part was read from. */
public enum Form {
  /** A Distributary batch: topics of these are never compacted, so its parts are all there. */
  BATCH,
  /** A Distributary envelope: compaction may have taken any of a unit's records. */
  ROW,
  /**
   * A record that is a unit of its own and has no position but its offset: of others, or of rows
   * spread by key.
   */
  FOREIGN,
  /** A key without a value. */
  TOMBSTONE
}
