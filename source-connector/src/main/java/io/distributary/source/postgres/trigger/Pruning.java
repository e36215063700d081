package io.distributary.source.postgres.trigger;

import io.distributary.source.capture.OldestTransaction;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Removes from the log what is durable in Kafka, a little at a time; counts what is left, and looks
 * who is still to commit.
 */
final class Pruning {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /** How long one turn may take, so that reading does not wait for it. */
  private static final long TURN_NANOS = 50_000_000L;

  /** Counting is done so seldom that it takes a hundredth of the time at most. */
  private static final int COUNTING_SHARE = 100;

  private final AtomicReference<Bookmark> acknowledged = new AtomicReference<>();
  private Bookmark pruned;
  private long next = System.nanoTime();
  private long nextCount = System.nanoTime();
  private volatile long depth;
  private final OldestTransaction oldest = new OldestTransaction();

  /** All up to there is durable. Any thread may say so. */
  void acknowledged(Bookmark bookmark) {
    acknowledged.set(bookmark);
  }

  /**
   * Prunes, if it is time to.
   *
   * @param epoch the history that is read; acknowledgements of others do not count
   */
  void prune(Log log, String epoch) throws SQLException {
    long now = System.nanoTime();
    Bookmark behind = acknowledged.get();
    if (now >= next && behind != null && !behind.equals(pruned) && behind.epoch().equals(epoch)) {
      boolean more = true;
      while (more && System.nanoTime() - now < TURN_NANOS) {
        more = log.prune(behind.horizon());
      }
      if (!more) {
        pruned = behind;
        next = now + INTERVAL_NANOS;
      }
    }
    count(log);
  }

  private void count(Log log) throws SQLException {
    long begun = System.nanoTime();
    if (begun >= nextCount) {
      depth = log.depth();
      oldest.seen(log.oldestTransaction());
      long end = System.nanoTime();
      nextCount = end + Math.max(INTERVAL_NANOS, (end - begun) * COUNTING_SHARE);
    }
  }

  /** How many rows the log had when they were last counted. Any thread may ask. */
  long depth() {
    return depth;
  }

  /** For how long the oldest transaction has been seen open that has rows in the log. */
  long oldestTransactionMs() {
    return oldest.ageMs();
  }
}
