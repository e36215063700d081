package io.distributary.source.keylog;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Slice;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which tables' content was sent, so that their changes count, and how far the snapshots of others
 * have come. One thread writes; any may ask.
 */
public final class SnapshotProgress {
  private volatile SortedSet<String> ready = new TreeSet<>();
  private volatile String table;
  private volatile long read;
  private volatile long total;

  /** Nothing is under way. */
  public void stand(SortedSet<String> ready) {
    this.ready = ready;
    table = null;
    total = 0;
  }

  /**
   * Snapshots begin, or none.
   *
   * @param total how many rows they have; 0 for none
   */
  public void begin(SortedSet<String> ready, long total) {
    this.ready = ready;
    this.read = 0;
    this.total = total;
  }

  /** A slice was read of a table. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes, others only look
  public void passed(Slice slice, String of) {
    if (slice.header().kind() != UnitKind.SNAPSHOT) {
      return;
    }
    table = slice.endOfTable() ? null : of;
    read = read + slice.changes().size();
    if (slice.endOfTable()) {
      SortedSet<String> more = new TreeSet<>(ready);
      more.add(of);
      ready = more;
    }
  }

  /** Whether a table's changes count. */
  public boolean isReady(String name) {
    return ready.contains(name);
  }

  /** Which of a bookmark's tables still have to be read. */
  public SortedSet<String> due(SortedSet<String> later) {
    SortedSet<String> due = new TreeSet<>(later);
    due.removeAll(ready);
    return due;
  }

  /** The captured tables with their state, and the snapshots' rows. */
  public CaptureMetrics metrics(String epoch, long lsn, long logDepth, Collection<String> tables) {
    Map<String, String> states = new HashMap<>();
    for (String name : tables) {
      states.put(
          name,
          name.equals(table)
              ? CaptureMetrics.SNAPSHOT
              : isReady(name) ? CaptureMetrics.READY : CaptureMetrics.WAITING);
    }
    return new CaptureMetrics(epoch, lsn, logDepth, states, read, total);
  }
}
