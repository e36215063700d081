package io.distributary.sink;

import java.util.Map;

/**
 * What a sink task has done since it started, as JMX shows it under {@code
 * io.distributary:type=sink,name=<connector>,task=<number>}.
 */
public interface SinkMetricsMXBean {

  /** Rows written, by committed transactions. */
  long getRowsApplied();

  /** Units written, by committed transactions. */
  long getUnitsApplied();

  /** Records that told nothing new, such as units that were sent again. */
  long getRecordsSkipped();

  /** Transactions committed. */
  long getCommits();

  /** Transactions rolled back. */
  long getRollbacks();

  /** How often a failure was waited out and tried again. */
  long getRetries();

  /**
   * The state of each table: {@code waiting_for_snapshot}, {@code loading_snapshot}, {@code ready},
   * {@code ready_with_backlog} (behind its source) or {@code failed}.
   */
  Map<String, String> getTableStates();

  /** The LSN applied last, of each partition that has one. */
  Map<String, Long> getLastLsns();
}
