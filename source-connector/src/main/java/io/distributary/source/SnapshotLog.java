package io.distributary.source;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Slice;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log how snapshots go: when one begins and ends, and now and then in between.
 *
 * <p>Not safe for use by several threads.
 */
final class SnapshotLog {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotLog.class);
  private static final long EVERY_NS = Duration.ofSeconds(10).toNanos();

  private String table;
  private long rows;
  private long begun;
  private long told;

  void note(Slice slice) {
    if (slice.header().kind() != UnitKind.SNAPSHOT) {
      return;
    }
    long now = System.nanoTime();
    if (table == null) {
      table = slice.table().id().qualifiedName();
      rows = 0;
      begun = now;
      told = now;
      LOG.info("The snapshot of table {} at {} begins", table, slice.header().position());
    }
    rows += slice.changes().size();
    if (slice.endOfTable()) {
      LOG.info("The snapshot of table {} is read: {} rows in {} s", table, rows, seconds(now));
      table = null;
    } else if (now - told >= EVERY_NS) {
      told = now;
      LOG.info("The snapshot of table {}: {} rows in {} s so far", table, rows, seconds(now));
    }
  }

  private String seconds(long now) {
    return "%.1f".formatted((now - begun) / 1e9);
  }
}
