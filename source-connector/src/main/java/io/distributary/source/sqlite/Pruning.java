package io.distributary.source.sqlite;

import io.distributary.core.record.Position;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;

/** Removes from the log what is durable in Kafka, a little at a time. */
final class Pruning {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /** How long one turn may take, so that reading does not wait for it. */
  private static final long TURN_NANOS = 20_000_000L;

  private final SourceDatabase source;
  private final AtomicReference<Position> acknowledged = new AtomicReference<>();
  private Position pruned;
  private long next = System.nanoTime();
  private volatile long first;

  Pruning(SourceDatabase source) {
    this.source = source;
  }

  /** All up to there is durable. Any thread may say so. */
  void acknowledged(Position position) {
    acknowledged.set(position);
  }

  /**
   * Prunes, if it is time to.
   *
   * @param read up to where the source was read; acknowledgements of other epochs do not count
   */
  void prune(Position read) throws SQLException {
    if (first == 0) {
      first = Log.firstVersion(source.session());
    }
    long now = System.nanoTime();
    Position behind = acknowledged.get();
    if (now < next || behind == null || behind.equals(pruned) || !behind.sameEpoch(read)) {
      return;
    }
    try {
      boolean more = true;
      while (more && System.nanoTime() - now < TURN_NANOS) {
        more = Log.prune(source.session(), behind.lsn());
      }
      Log.forgetSignals(source.session(), behind.lsn());
      first = Log.firstVersion(source.session());
      if (more) {
        return;
      }
      pruned = behind;
    } catch (SQLException e) {
      // The users' writers go first.
      if (!Session.isBusy(e)) {
        throw e;
      }
    }
    next = now + INTERVAL_NANOS;
  }

  /** How many rows the log has, about, when its last one is that. */
  long depth(long last) {
    return Math.max(0, last - first + 1);
  }
}
