package io.distributary.sink;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.sink.read.Excerpt;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.write.Failure;
import io.distributary.sink.write.Target;
import io.distributary.sink.write.WriteException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The open transaction of a target, with the failed changes that are to be reported before it is
 * committed: so a change is in the target or reported, whatever happens in between (reported twice,
 * if the task dies before the commit).
 */
final class Transaction {

  private record Report(SinkRecord record, RuntimeException cause) {}

  private final Target target;
  private final FailurePolicy policy;
  private final ErrantRecordReporter reporter;
  private final Claims claims;
  private final List<Report> reports = new ArrayList<>();
  private final Pending pending = new Pending();
  private boolean dirty;
  private Incoming first;

  /**
   * A transaction of that target.
   *
   * @param reporter where failed changes go; null if nowhere
   * @param claims reads the rows that records only refer to
   */
  Transaction(Target target, FailurePolicy policy, ErrantRecordReporter reporter, Claims claims) {
    this.target = target;
    this.policy = policy;
    this.reporter = reporter;
    this.claims = claims;
  }

  /** Whether anything was applied or set aside since the last commit. */
  boolean dirty() {
    return dirty;
  }

  /** Whether that record is the first one applied since the last commit. */
  boolean beganWith(TopicPartition partition, long offset) {
    return first != null
        && first.offset() == offset
        && first.record().originalKafkaPartition() == partition.partition()
        && first.record().originalTopic().equals(partition.topic());
  }

  /** Whether what has been applied is to be committed before anything else is. */
  boolean settles() {
    return target.settles();
  }

  /** Applies a part, perhaps together with those that follow. */
  void apply(Incoming incoming, Part part) {
    if (!dirty) {
      first = incoming;
    }
    dirty = true;
    if (!pending.takes(incoming, part)) {
      flush();
    }
    if (part.claim() != null) {
      claims.read(incoming, part, (piece, rows) -> write(piece, incoming, rows));
    } else if (pending.takes(incoming, part)) {
      pending.add(incoming, part);
    } else {
      write(part, incoming, null);
    }
  }

  /** Applies what was put off, so as to be applied together. */
  void flush() {
    for (Pending.Ready ready : pending.ready()) {
      if (ready.records().size() == 1) {
        write(ready.part(), ready.records().get(0), null);
      } else {
        writeTogether(ready);
      }
    }
    pending.clear();
  }

  /**
   * Applies the records' parts as one, or one after the other where that fails: values of a unique
   * column that wandered from row to row, one transaction at a time, may leave no way to do all of
   * it at once.
   */
  private void writeTogether(Pending.Ready ready) {
    try {
      target.apply(ready.part());
    } catch (WriteException failure) {
      if (failure.kind() != WriteException.Kind.DATA
          && failure.kind() != WriteException.Kind.FATAL) {
        throw failure;
      }
      for (int i = 0; i < ready.parts().size(); i++) {
        write(ready.parts().get(i), ready.records().get(i), null);
      }
    }
  }

  /**
   * Applies a part, or those of its changes that can be where failures are tolerated.
   *
   * @param rows gives what each change was read from, where the record does not hold it; null else
   */
  private void write(Part part, Incoming incoming, IntFunction<Struct> rows) {
    try {
      target.apply(part);
    } catch (WriteException failure) {
      if (failure.kind() != WriteException.Kind.DATA) {
        throw failure;
      }
      setAside(part, incoming, rows, target.applyEach(part));
    }
  }

  private void setAside(
      Part part, Incoming incoming, IntFunction<Struct> rows, List<Failure> failures) {
    if (failures.isEmpty()) {
      return;
    }
    WriteException cause = failures.get(0).cause();
    if (policy.decide(cause, incoming) instanceof Outcome.Fail fail) {
      throw fail.cause();
    }
    List<Change> failed = failures.stream().map(Failure::change).toList();
    report(
        rows == null
            ? Excerpt.of(incoming, failed)
            : Excerpt.ofClaim(incoming, part.changes(), rows, failed),
        cause);
  }

  /** Notes a record to report before the next commit. */
  void report(SinkRecord record, RuntimeException cause) {
    dirty = true;
    reports.add(new Report(record, cause));
  }

  /** Takes the snapshot being loaded for changes only. */
  void mergeUnfinishedSnapshot() {
    flush();
    target.mergeUnfinishedSnapshot();
  }

  /** Reports what failed, waits until that is safe, and commits. */
  void commit(Map<TopicPartition, Checkpoint> checkpoints) {
    flush();
    List<Future<Void>> safe =
        reports.stream().map(it -> reporter.report(it.record, it.cause)).toList();
    safe.forEach(Transaction::await);
    target.commit(checkpoints);
    reports.clear();
    dirty = false;
    first = null;
  }

  /** Undoes all since the last commit. */
  void rollback() {
    pending.clear();
    reports.clear();
    dirty = false;
    first = null;
    target.rollback();
  }

  private static void await(Future<Void> future) {
    try {
      future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while failed changes were being reported", e);
    } catch (ExecutionException e) {
      throw new ConnectException(
          "Failed changes could not be reported, so nothing is committed: "
              + e.getCause().getMessage(),
          e.getCause());
    }
  }
}
