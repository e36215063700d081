package io.distributary.sink.unit;

import io.distributary.core.record.Position;
import io.distributary.sink.read.Incoming;

/** Whether a unit tells a target anything new. */
enum Novelty {
  /** It is to be applied. */
  NEW,
  /** The target has it: it was sent again. */
  OLD,
  /** It changes a history that the target has not got the beginning of. */
  OTHER_EPOCH;

  /**
   * The rule. A unit is new above the position applied last. A snapshot is new also at it: one that
   * was asked for to repair a replica bears the LSN that the replica has. Another epoch begins with
   * a snapshot.
   *
   * @param applied the position applied last; null where there is none to compare with
   * @param first the first record of the unit that is there; it has a position
   */
  static Novelty of(Position applied, Incoming first) {
    if (applied == null) {
      return NEW;
    }
    Position position = first.position();
    if (!applied.sameEpoch(position)) {
      return first.startsSnapshot() ? NEW : OTHER_EPOCH;
    }
    boolean above = position.lsn() > applied.lsn();
    return above || (position.lsn() == applied.lsn() && first.ofSnapshot()) ? NEW : OLD;
  }
}
