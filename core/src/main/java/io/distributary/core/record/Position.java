package io.distributary.core.record;

import java.util.Objects;

/**
 * Where a unit stands in the history of its source.
 *
 * @param epoch identifies one history of the source; positions of different epochs do not compare
 * @param lsn grows with every committed transaction of the source, from 0 up to 2^63-1
 */
public record Position(String epoch, long lsn) {

  /**
   * @throws IllegalArgumentException for a negative LSN
   */
  public Position {
    Objects.requireNonNull(epoch, "epoch");
    if (lsn < 0) {
      throw new IllegalArgumentException("LSN " + lsn + " is negative");
    }
  }

  /** Whether the other position belongs to the same history, so that the two LSNs compare. */
  public boolean sameEpoch(Position other) {
    return epoch.equals(other.epoch);
  }

  /** Whether it belongs to the same history as the other one, and stands before it there. */
  public boolean isBefore(Position other) {
    return sameEpoch(other) && lsn < other.lsn;
  }

  @Override
  public String toString() {
    return epoch + ":" + lsn;
  }
}
