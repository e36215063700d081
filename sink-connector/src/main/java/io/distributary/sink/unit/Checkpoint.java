package io.distributary.sink.unit;

import io.distributary.core.record.Position;

/**
 * Up to where a target has applied one partition of a topic; written in the same target transaction
 * as the rows.
 *
 * @param offset the Kafka offset of the last record applied
 * @param position the position of the last unit applied; null where its records have none, or where
 *     a user rewound the sink so that what is read again is applied again
 * @param timestamp the Kafka timestamp of the record at that offset, by which a topic made anew is
 *     told from the one the checkpoint speaks of; null where the record had none
 */
public record Checkpoint(long offset, Position position, Long timestamp) {

  /**
   * The checkpoint of a partition that a user rewound: records from that offset on are applied,
   * whatever was applied before.
   *
   * @param next the first offset to read
   */
  public static Checkpoint rewoundTo(long next) {
    return new Checkpoint(next - 1, null, null);
  }

  /** Whether a user rewound the partition; there is no record to find at the offset then. */
  public boolean rewound() {
    return position == null && timestamp == null;
  }
}
