package io.distributary.sink;

/** What to do with a claim whose rows cannot be had any more. */
enum ClaimExpired {
  /** Stop the task. */
  FAIL,
  /** Ask for a snapshot on the signal topic, and pass over changes until it comes. */
  SNAPSHOT
}
