package io.distributary.sink;

import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;

/** What follows from a failure. */
sealed interface Outcome {

  /**
   * All that is not committed is done again.
   *
   * @param after how long to wait first
   */
  record Retry(Duration after) implements Outcome {}

  /** The changes are tried one by one; those that fail go to the dead letter queue. */
  record Report() implements Outcome {}

  /**
   * The task stops.
   *
   * @param cause what it says
   */
  record Fail(ConnectException cause) implements Outcome {}
}
