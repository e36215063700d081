package io.distributary.sink.unit;

import io.distributary.sink.read.Incoming;
import java.util.function.LongSupplier;

/** Which records compaction may have been at work among, as far as it was noticed. */
final class Compaction {
  private static final long CLOCK_SKEW = 60_000;

  private final LongSupplier clock;
  private long until;

  /**
   * Compaction that was not looked for yet, so may have been at work.
   *
   * @param clock the time in milliseconds
   */
  Compaction(LongSupplier clock) {
    this.clock = clock;
    noticed();
  }

  Compaction(Compaction other) {
    clock = other.clock;
    until = other.until;
  }

  /** Records are missing that were there: so may be any that are there by now. */
  void noticed() {
    until = clock.getAsLong() + CLOCK_SKEW;
  }

  /** Whether records written at the time of this one may be missing. */
  boolean around(Incoming incoming) {
    return incoming.timestamp() == null || incoming.timestamp() < until;
  }
}
