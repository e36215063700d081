package io.distributary.sink.unit;

import io.distributary.core.record.Position;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;

/** How reading a partition resumes, which the first record that comes must bear out. */
enum Resumption {
  /** Nothing was applied yet: from the topic's beginning. */
  FROM_START,
  /** From the record applied last, which is read again to see that the topic is still the same. */
  FROM_CHECKPOINT,
  /** From where a user rewound it to. */
  REWOUND,
  /** From the beginning of a topic made anew; positions tell what is new. */
  BY_POSITION,
  /** Records follow one another. */
  FLOWING;

  /** What the first record says. */
  enum Finding {
    /** It is the record applied last. */
    APPLIED,
    /** It is the next to look at. */
    NEXT,
    /** It is the next, for a snapshot begins there; what was before it is not known. */
    SNAPSHOT,
    /** It is the next that is left: the record applied last is gone. */
    NEXT_LEFT,
    /** The topic is another one than the checkpoint speaks of. */
    MADE_ANEW,
    /** What was before it cannot be known. */
    HISTORY_LOST
  }

  static Resumption of(Checkpoint checkpoint) {
    if (checkpoint == null) {
      return FROM_START;
    }
    return checkpoint.rewound() ? REWOUND : FROM_CHECKPOINT;
  }

  /** The offset to read from. */
  long offset(Checkpoint checkpoint) {
    return switch (this) {
      case FROM_START, BY_POSITION, FLOWING -> 0;
      case FROM_CHECKPOINT -> checkpoint.offset();
      case REWOUND -> checkpoint.offset() + 1;
    };
  }

  /** The rule for the first record. */
  Finding find(Checkpoint checkpoint, Incoming first) {
    return switch (this) {
      case FLOWING, REWOUND -> Finding.NEXT;
      case FROM_START -> begin(first);
      case FROM_CHECKPOINT -> verify(checkpoint, first);
      case BY_POSITION -> {
        Position had = checkpoint.position();
        Position has = first.position();
        boolean overlaps =
            had != null && has != null && had.sameEpoch(has) && has.lsn() <= had.lsn();
        yield overlaps ? Finding.NEXT : had == null || has == null ? begin(first) : snapshot(first);
      }
    };
  }

  private static Finding verify(Checkpoint checkpoint, Incoming first) {
    if (first.offset() < checkpoint.offset()) {
      return Finding.MADE_ANEW;
    }
    if (first.offset() == checkpoint.offset()) {
      return isThe(checkpoint, first) ? Finding.APPLIED : Finding.MADE_ANEW;
    }
    // Compaction takes records of rows all the time; of batches, only retention does.
    boolean whole = first.form() != Form.BATCH || first.offset() == checkpoint.offset() + 1;
    return whole ? Finding.NEXT_LEFT : snapshot(first);
  }

  /** Not above, rather than equal: a record that was passed over may stand at the checkpoint. */
  private static boolean isThe(Checkpoint checkpoint, Incoming record) {
    Position had = checkpoint.position();
    Position has = record.position();
    boolean placed = had == null || has == null || (had.sameEpoch(has) && has.lsn() <= had.lsn());
    return placed
        && (checkpoint.timestamp() == null || checkpoint.timestamp().equals(record.timestamp()));
  }

  private static Finding begin(Incoming first) {
    return first.offset() == 0 ? Finding.NEXT : snapshot(first);
  }

  private static Finding snapshot(Incoming first) {
    return first.startsSnapshot() ? Finding.SNAPSHOT : Finding.HISTORY_LOST;
  }
}
