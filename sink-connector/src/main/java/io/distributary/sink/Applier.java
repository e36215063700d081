package io.distributary.sink;

import io.distributary.core.claim.ClaimException;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.read.RecordReader;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.unit.OpenUnit;
import io.distributary.sink.unit.Step;
import io.distributary.sink.unit.Unfinished;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does with each record of a partition what its progress says, inside the open transaction, and
 * commits and rolls back with the progress of all partitions.
 *
 * <p>Not safe for use by several threads.
 */
final class Applier {
  private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

  private final RecordReader reader;
  private final Flow flow;
  private final Transaction transaction;
  private final AwaitedSnapshots awaited;
  private final FailurePolicy policy;
  private final ClaimExpired claimExpired;
  private final Metrics metrics;

  /** How far the records given were applied. */
  enum Reached {
    /** To their end. */
    END,
    /** Up to one after which the partition is read on from elsewhere. */
    SEEK,
    /** Nowhere: all since the last commit is rolled back, to be read again. */
    ROLLBACK
  }

  /**
   * An applier of the partitions in that flow.
   *
   * @param transaction the one transaction that all is applied in
   * @param awaited is told who waits for a snapshot, and whose has come
   * @param claimExpired what to do with claims that are lost
   */
  Applier(
      RecordReader reader,
      Flow flow,
      Transaction transaction,
      AwaitedSnapshots awaited,
      FailurePolicy policy,
      ClaimExpired claimExpired,
      Metrics metrics) {
    this.reader = reader;
    this.flow = flow;
    this.transaction = transaction;
    this.awaited = awaited;
    this.policy = policy;
    this.claimExpired = claimExpired;
    this.metrics = metrics;
  }

  /**
   * Applies records of a partition, in order.
   *
   * @param now the time in milliseconds
   */
  Reached apply(Assignment assignment, List<SinkRecord> records, long now) {
    for (SinkRecord record : records) {
      Incoming incoming = read(assignment, record);
      if (incoming != null) {
        commitBefore(assignment, incoming, now);
        Reached reached = take(assignment, incoming, now);
        if (reached != Reached.END) {
          return reached;
        }
      }
    }
    return Reached.END;
  }

  /** The record as read; null where it cannot be and is set aside for the dead letter queue. */
  private Incoming read(Assignment assignment, SinkRecord record) {
    try {
      return reader.read(record);
    } catch (DataException failure) {
      if (policy.unreadable(failure) instanceof Outcome.Fail fail) {
        throw fail.cause();
      }
      transaction.report(record, failure);
      assignment.progress().passUnreadable(record);
      return null;
    }
  }

  /** What may have to be dropped alone, must begin its transaction. */
  private void commitBefore(Assignment assignment, Incoming incoming, long now) {
    boolean begins =
        (incoming.startsSnapshot() && !incoming.part().last())
            || assignment.boundaryAt(incoming.offset());
    if (begins && transaction.dirty() && !assignment.open()) {
      commit(now);
    }
  }

  private Reached take(Assignment assignment, Incoming incoming, long now) {
    OpenUnit unfinished = assignment.progress().open();
    Step step = assignment.take(incoming);
    assignment.partCame(now);
    if (step instanceof Step.Refuse refuse) {
      throw new ConnectException(refuse.reason());
    }
    if (step instanceof Step.Seek) {
      flow.seek(assignment);
      return Reached.SEEK;
    }
    if (step.drops() && !drop(assignment, unfinished)) {
      return Reached.ROLLBACK;
    }
    if (step instanceof Step.Apply apply) {
      return apply(assignment, incoming, apply, now);
    }
    pass(assignment, incoming, now);
    return Reached.END;
  }

  /** Undoes an unfinished unit: alone if it can be, else with all, to be read again without. */
  private boolean drop(Assignment assignment, OpenUnit unfinished) {
    LOG.warn(
        "Unit {} of {}, begun at offset {}, is dropped: its end did not come, and what follows"
            + " states it again",
        unfinished.position(),
        assignment.partition(),
        unfinished.firstOffset());
    if (transaction.beganWith(assignment.partition(), unfinished.firstOffset())) {
      transaction.rollback();
      metrics.rolledBack();
      return true;
    }
    rollback();
    assignment.setBoundary(unfinished.firstOffset());
    return false;
  }

  private Reached apply(Assignment assignment, Incoming incoming, Step.Apply apply, long now) {
    if (apply.unfinished() == Unfinished.MERGE_SNAPSHOT) {
      transaction.mergeUnfinishedSnapshot();
    }
    metrics.applying(incoming, apply.part());
    try {
      transaction.apply(incoming, apply.part());
    } catch (ClaimException lost) {
      goOnWithout(assignment, incoming, lost, now);
      return Reached.ROLLBACK;
    }
    awaited.over(assignment.partition());
    if (transaction.settles() && !assignment.open()) {
      commit(now);
    }
    return Reached.END;
  }

  /** The rows of a record are gone: all is rolled back, and what follows waits for a snapshot. */
  private void goOnWithout(
      Assignment assignment, Incoming incoming, ClaimException lost, long now) {
    boolean repaired =
        claimExpired == ClaimExpired.SNAPSHOT
            && awaited.lost(assignment.partition(), incoming, now);
    if (!repaired) {
      throw policy.lost(lost, incoming);
    }
    LOG.warn(
        "Nothing of {} is applied; what follows waits for a snapshot: {}",
        Claims.at(incoming),
        lost.getMessage());
    rollback();
    assignment.lost(incoming.offset());
  }

  private void pass(Assignment assignment, Incoming incoming, long now) {
    boolean waits = assignment.progress().waiting();
    metrics.passed(incoming, waits);
    if (waits) {
      awaited.waits(assignment.partition(), incoming, now);
    }
  }

  /** Commits what is applied and how far all partitions are, if anything moved. */
  void commit(long now) {
    Map<TopicPartition, Checkpoint> moved = flow.moved();
    if (!moved.isEmpty() || transaction.dirty()) {
      transaction.commit(moved);
      policy.succeeded();
      metrics.committed(moved, now);
    }
    flow.committed();
  }

  /** Takes all partitions back to where they were at the last commit. */
  void rollback() {
    transaction.rollback();
    metrics.rolledBack();
    flow.rolledBack();
  }
}
