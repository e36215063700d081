package io.distributary.sink.unit;

import io.distributary.core.record.Op;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.Objects;

/**
 * What a partition's tombstones mean. One that directly follows the delete of its key says nothing
 * new. One whose delete compaction took is a delete, but has no position: among records that the
 * target has already, only the next one with a position can tell whether the tombstone is old, too.
 */
final class Tombstones {
  private long deleteOffset = -1;
  private Object deleteKey;
  private boolean behind;
  private long undecided = -1;

  Tombstones() {}

  Tombstones(Tombstones other) {
    deleteOffset = other.deleteOffset;
    deleteKey = other.deleteKey;
    behind = other.behind;
    undecided = other.undecided;
  }

  /** Remembers a record as the one directly before the next. */
  void passed(Incoming incoming) {
    boolean deletes =
        incoming.form() != Form.TOMBSTONE
            && incoming.form() != Form.BATCH
            && incoming.part().changes().size() == 1
            && incoming.part().changes().get(0).op() == Op.DELETE;
    deleteOffset = deletes ? incoming.offset() : -1;
    deleteKey = deletes ? incoming.record().key() : null;
  }

  /** Whether the tombstone directly follows the delete of its key. */
  boolean repeats(Incoming tombstone) {
    return deleteOffset >= 0
        && deleteOffset == tombstone.offset() - 1
        && Objects.equals(deleteKey, tombstone.record().key());
  }

  /** What is read now, the target has already. */
  void behind() {
    behind = true;
    undecided = -1;
  }

  /** Whether what is read now, the target has already. */
  boolean isBehind() {
    return behind;
  }

  /** Whether it cannot be told yet if the tombstone is old. */
  boolean undecided(Incoming tombstone) {
    if (behind && undecided < 0) {
      undecided = tombstone.offset();
    }
    return behind;
  }

  /** Whether there are tombstones that are undecided. */
  boolean undecided() {
    return undecided >= 0;
  }

  /**
   * What is read now is new.
   *
   * @return the offset of the first tombstone that was undecided, and is new as well; -1 if none is
   */
  long ahead() {
    long first = undecided;
    behind = false;
    undecided = -1;
    return first;
  }
}
