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
   * was asked for to repair a replica bears the LSN that the replica has. At that very position a
   * change is new if its index is beyond the last applied one: with {@code ordering=key} each row
   * is a unit, and many of them share an LSN. Another epoch begins with a snapshot.
   *
   * @param applied the position applied last; null where there is none to compare with
   * @param seq the index of the last change or part applied at that position, 0 if unknown
   * @param first the first record of the unit that is there; it has a position
   */
  static Novelty of(Position applied, long seq, Incoming first) {
    if (applied == null) {
      return NEW;
    }
    Position position = first.position();
    if (!applied.sameEpoch(position)) {
      return first.startsSnapshot() || first.readsRow() ? NEW : OTHER_EPOCH;
    }
    if (position.lsn() != applied.lsn()) {
      return position.lsn() > applied.lsn() ? NEW : OLD;
    }
    return first.ofSnapshot() || first.part().seq() > seq ? NEW : OLD;
  }
}
