package io.distributary.source;

import java.util.Map;

/**
 * How a source connector is doing, as JMX shows it under {@code
 * io.distributary:type=source,name=<connector>}.
 */
public interface SourceMetricsMXBean {

  /** The epoch of the source's history. */
  String getEpoch();

  /** The LSN up to which the source was read. */
  long getLastLsn();

  /** How much of the log is kept in the source: rows of ours, or bytes of the server's. */
  long getLogDepth();

  /** Changes handed to Kafka since the start. */
  long getRowsEmitted();

  /** Transactions, snapshots included, handed to Kafka since the start. */
  long getTransactionsEmitted();

  /** How many rows of the snapshots under way were read. */
  long getSnapshotRowsRead();

  /** How many rows the snapshots under way have; 0 when there are none. */
  long getSnapshotRowsTotal();

  /**
   * For how many milliseconds this task has seen the oldest open transaction that holds something
   * back: with PostgreSQL's own log any that has written, with triggers one that has rows in their
   * log. 0 when there is none, and for SQLite.
   */
  long getOldestTransactionMs();

  /** The state of each table: {@code waiting_for_snapshot}, {@code snapshot} or {@code ready}. */
  Map<String, String> getTableStates();
}
