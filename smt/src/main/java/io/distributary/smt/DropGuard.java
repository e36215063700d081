package io.distributary.smt;

import java.util.Objects;
import org.apache.kafka.connect.connector.ConnectRecord;

/**
 * Sees to it that no record passes after one that should have been deposited and was not. Connect
 * gives the same record again while it tries again; that another one comes means it gave up on it,
 * with {@code errors.tolerance=all} or because the task is being stopped.
 */
final class DropGuard {
  private ConnectRecord<?> failed;
  private RuntimeException failure;

  /**
   * Lets a record in.
   *
   * @throws UndepositedError when it is another one than the one that failed
   */
  void admit(ConnectRecord<?> record) {
    if (failed != null && !same(failed, record)) {
      throw new UndepositedError(
          "A record of topic "
              + failed.topic()
              + " could not be put into the claim-check store and was dropped, so the task stops"
              + " before anything follows it: "
              + failure.getMessage()
              + ". It is read again when the task is restarted. Set errors.retry.timeout=-1 on the"
              + " connector to wait for the store instead.",
          failure);
    }
  }

  private static boolean same(ConnectRecord<?> a, ConnectRecord<?> b) {
    return a.topic().equals(b.topic())
        && Objects.equals(a.kafkaPartition(), b.kafkaPartition())
        && Objects.deepEquals(a.key(), b.key())
        && Objects.deepEquals(a.value(), b.value());
  }

  /** The record could not be deposited: nothing else may pass until it was. */
  void failed(ConnectRecord<?> record, RuntimeException reason) {
    failed = record;
    failure = reason;
  }

  /** The record passed. */
  void passed() {
    failed = null;
    failure = null;
  }
}
