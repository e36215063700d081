package io.distributary.source.capture;

import java.util.Map;

/**
 * How a capture is doing. A value: it does not change.
 *
 * @param epoch the epoch of the source's history
 * @param lsn up to where the source was read
 * @param logDepth how much of the log is kept in the source database: rows where triggers write it,
 *     else bytes of the server's own log
 * @param tables the captured tables with their state: {@code waiting_for_snapshot}, {@code
 *     snapshot} or {@code ready}
 * @param snapshotRowsRead how many rows were read of the snapshots that began together
 * @param snapshotRowsTotal how many rows these have; 0 when none is under way
 * @param oldestTransactionMs for how many milliseconds the oldest transaction has been seen open
 *     that holds something back; 0 when there is none, or nothing can be held back
 */
public record CaptureMetrics(
    String epoch,
    long lsn,
    long logDepth,
    Map<String, String> tables,
    long snapshotRowsRead,
    long snapshotRowsTotal,
    long oldestTransactionMs) {

  /** A table whose content is still to be read. */
  public static final String WAITING = "waiting_for_snapshot";

  /** A table whose content is being read. */
  public static final String SNAPSHOT = "snapshot";

  /** A table whose changes are read. */
  public static final String READY = "ready";

  /** Copies the tables. */
  public CaptureMetrics {
    tables = Map.copyOf(tables);
  }
}
