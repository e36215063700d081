package io.distributary.source.emit;

/** What a Kafka record holds. */
public enum Events {
  /** One change, in an envelope. */
  ROW,
  /** All that a transaction did to a table, or a part of it. */
  TRANSACTION
}
