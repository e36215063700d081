package io.distributary.sink.unit;

/** What to do with changes whose history before them is lost. */
public enum WithoutHistory {
  /** Pass over changes until a snapshot says how the table begins. */
  SNAPSHOT,
  /** Stop the task. */
  FAIL,
  /** Apply the changes all the same. */
  CONTINUE
}
