package io.distributary.source.capture;

import java.time.Duration;
import java.util.Map;

/**
 * Reads the committed changes of one source database, transaction by transaction. It is made with
 * the bookmark to resume after (null for a first start) and knows neither Kafka nor records.
 *
 * <p>Used by one thread, but for {@link #acknowledged} and {@link #requestSnapshot}, which any
 * thread may call.
 */
public interface Capture extends AutoCloseable {

  /**
   * The next slice, or null when nothing was committed within the wait.
   *
   * @throws CaptureException when the history cannot be read on; its message says what to do
   */
  Slice poll(Duration wait) throws InterruptedException;

  /**
   * The next slice of what is in memory already, so that a record need not go to Kafka alone; null
   * when the source, or a file, would have to be asked for more.
   *
   * @throws CaptureException as {@link #poll}
   */
  default Slice atHand() throws InterruptedException {
    return null;
  }

  /** All up to the bookmark is durable in Kafka: what lies behind it may be forgotten. */
  void acknowledged(Map<String, ?> bookmark);

  /**
   * Asks for a snapshot of a captured table, to take its place among the units to come. Asking for
   * one that is under way or waiting is asking once.
   */
  void requestSnapshot(String table);

  /**
   * How many requests for snapshots would be lost if the capture ended now. The others will be
   * answered, whatever happens. Any thread may ask.
   */
  int requestsNotDurable();

  /** How it is doing. Any thread may ask. */
  CaptureMetrics metrics();

  /** Ends the capture and closes its connections. */
  @Override
  void close();
}
