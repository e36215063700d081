package io.distributary.sink;

import io.distributary.core.claim.ClaimException;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.read.RecordReader;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.unit.OpenUnit;
import io.distributary.sink.unit.Progress;
import io.distributary.sink.unit.Step;
import io.distributary.sink.unit.Unfinished;
import io.distributary.sink.write.Target;
import io.distributary.sink.write.WriteException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers records to a target, whole units in whole transactions.
 *
 * <p>Between two calls the transaction holds nothing, or the one unit whose end has not come; then
 * the other partitions are paused, and what came of them is read again later. Whatever fails, the
 * partitions go back to where they were at the last commit, and the consumer with them.
 *
 * <p>Not safe for use by several threads.
 */
final class Delivery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Target target;
  private final Claims claims;
  private final Flow flow;
  private final Settings settings;
  private final LongSupplier clock;
  private final Metrics metrics;
  private final FailurePolicy policy;
  private final Transaction transaction;
  private final AwaitedSnapshots awaited;
  private final RecordReader reader = new RecordReader();
  private final Set<TopicPartition> unclaimed = new HashSet<>();
  private long resting;
  private long turn;
  private long now;

  /**
   * A delivery to that target, which it closes in the end.
   *
   * @param claims reads the rows that records only refer to; closed in the end, too
   * @param signals where snapshots are asked for; closed in the end, too
   * @param clock the time in milliseconds
   */
  Delivery(
      Target target,
      SinkTaskContext context,
      Settings settings,
      Claims claims,
      Signals signals,
      Metrics metrics,
      LongSupplier clock) {
    this.target = target;
    this.claims = claims;
    this.flow = new Flow(context, settings.unitTimeout());
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
    this.awaited = new AwaitedSnapshots(signals);
    var reporter = context.errantRecordReporter();
    policy =
        new FailurePolicy(
            settings.maxRetries(), settings.retryBackoff(), settings.tolerant(), reporter != null);
    transaction = new Transaction(target, policy, reporter, claims);
  }

  /** Takes over partitions: claims their checkpoints, and seeks the consumer to them. */
  void open(Collection<TopicPartition> partitions) {
    now = clock.getAsLong();
    unclaimed.addAll(partitions);
    guarded(() -> claim());
    flow.regulate(now, resting, Long.MAX_VALUE);
  }

  /** Gives partitions up; an open unit is rolled back. */
  void close(Collection<TopicPartition> partitions) {
    flow.remove(partitions);
    unclaimed.removeAll(partitions);
    awaited.over(partitions);
    rollback();
    metrics.closed(partitions);
  }

  /** Delivers the records, as far as their units are whole. */
  void put(Collection<SinkRecord> records) {
    now = clock.getAsLong();
    Map<TopicPartition, List<SinkRecord>> batches = Flow.byPartition(records);
    boolean nothingCame = batches.isEmpty();
    if (now < resting || !guarded(() -> deliver(batches))) {
      flow.seek(batches.keySet());
    }
    metrics.delivered(nothingCame);
    awaited.ask(now, nothingCame && now >= resting);
    flow.regulate(now, resting, awaited.due(now));
  }

  /** The offsets up to which units are committed: they but mirror the checkpoints. */
  Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, OffsetAndMetadata> consumed) {
    return flow.offsets(consumed);
  }

  @Override
  public void close() {
    awaited.close();
    claims.close();
    target.close();
  }

  /** Claims what is not claimed yet, and says what it was. */
  private Set<TopicPartition> claim() {
    if (unclaimed.isEmpty()) {
      return Set.of();
    }
    Map<TopicPartition, Checkpoint> checkpoints = target.claim(unclaimed);
    for (TopicPartition partition : unclaimed) {
      Checkpoint checkpoint = checkpoints.get(partition);
      Progress progress = new Progress(partition, checkpoint, settings.withoutHistory(), clock);
      flow.add(new Assignment(partition, progress));
      LOG.info("{} goes on at offset {}, with {}", partition, progress.next(), checkpoint);
    }
    Set<TopicPartition> claimed = Set.copyOf(unclaimed);
    unclaimed.clear();
    return claimed;
  }

  /** Rolls back a unit whose next part is overdue; it is read again, after other partitions. */
  private void expire(Set<TopicPartition> arrived) {
    Assignment holder = flow.holder();
    long timeout = settings.unitTimeout().toMillis();
    if (holder == null
        || arrived.contains(holder.partition())
        || now - holder.openSince() < timeout) {
      return;
    }
    LOG.warn(
        "Unit {} of {}, begun at offset {}, had no further part for {} ms (unit.timeout.ms): it is"
            + " rolled back and read again. Does its source still run?",
        holder.progress().open().position(),
        holder.partition(),
        holder.progress().open().firstOffset(),
        timeout);
    rollback();
    if (flow.all().size() > 1) {
      holder.rest(now + timeout);
    }
  }

  /**
   * First what continues the open unit, then the whole units of all partitions, in one commit; then
   * at most one unit is begun whose end has not come. What is left is read again.
   */
  private void deliver(Map<TopicPartition, List<SinkRecord>> batches) {
    batches.keySet().removeAll(claim()); // what came of these is not from where they go on
    expire(batches.keySet());
    Assignment holder = flow.holder();
    Map<Assignment, List<SinkRecord>> tails = new LinkedHashMap<>();
    for (Assignment assignment : holderFirst(holder, batches.keySet())) {
      List<SinkRecord> records = batches.get(assignment.partition());
      if (assignment.restUntil() > now || (holder != assignment && flow.holder() != null)) {
        flow.seek(assignment);
      } else if (!runWhole(assignment, records, tails)) {
        flow.seek(batches.keySet());
        return;
      }
    }
    if (flow.holder() == null) {
      commit();
    }
    begin(tails);
    transaction.flush();
  }

  private List<Assignment> holderFirst(Assignment holder, Set<TopicPartition> partitions) {
    List<Assignment> order = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Assignment assignment = flow.get(partition);
      order.add(assignment == holder ? 0 : order.size(), assignment);
    }
    return order;
  }

  /**
   * Goes on with the open unit, or begins one whose end has not come, that of the partition whose
   * turn it is.
   */
  private void begin(Map<Assignment, List<SinkRecord>> tails) {
    Assignment open = flow.holder();
    Assignment next =
        tails.keySet().stream()
            .filter(tail -> open == null || open == tail)
            .min(Comparator.comparingLong(Assignment::lastHeld))
            .orElse(null);
    for (Assignment other : tails.keySet()) {
      if (other != next) {
        flow.seek(other);
      }
    }
    if (next != null && run(next, tails.get(next)) == Ran.ALL) {
      if (next.open()) {
        next.holds(++turn);
      } else {
        commit();
      }
    }
  }

  /** Runs the whole units among the records and notes the rest; false if all was rolled back. */
  private boolean runWhole(
      Assignment assignment, List<SinkRecord> records, Map<Assignment, List<SinkRecord>> tails) {
    int end = Tail.start(records, reader);
    Ran ran = run(assignment, records.subList(0, end));
    if (end < records.size() && ran == Ran.ALL) {
      tails.put(assignment, records.subList(end, records.size()));
    }
    return ran != Ran.ROLLED_BACK;
  }

  private enum Ran {
    ALL,
    UP_TO_A_SEEK,
    ROLLED_BACK
  }

  private Ran run(Assignment assignment, List<SinkRecord> records) {
    for (SinkRecord record : records) {
      Incoming incoming = read(assignment, record);
      if (incoming == null) {
        continue;
      }
      commitBefore(assignment, incoming);
      OpenUnit unfinished = assignment.progress().open();
      Step step = assignment.take(incoming);
      assignment.partCame(now);
      if (step instanceof Step.Apply apply) {
        if (apply.unfinished() == Unfinished.DROP && !drop(assignment, unfinished)) {
          return Ran.ROLLED_BACK;
        }
        if (!apply(assignment, incoming, apply)) {
          return Ran.ROLLED_BACK;
        }
        awaited.over(assignment.partition());
        if (target.settles() && !assignment.open()) {
          commit();
        }
      } else if (step instanceof Step.Seek) {
        flow.seek(assignment);
        return Ran.UP_TO_A_SEEK;
      } else if (step instanceof Step.Refuse refuse) {
        throw new ConnectException(refuse.reason());
      } else if (step instanceof Step.Abandon && !drop(assignment, unfinished)) {
        return Ran.ROLLED_BACK;
      } else {
        passed(assignment, incoming);
      }
    }
    return Ran.ALL;
  }

  private void passed(Assignment assignment, Incoming incoming) {
    boolean waits = assignment.progress().waiting();
    metrics.passed(incoming, waits);
    if (waits) {
      awaited.waits(assignment.partition(), incoming, now);
    }
  }

  /** What may have to be dropped alone, must begin its transaction. */
  private void commitBefore(Assignment assignment, Incoming incoming) {
    boolean begins =
        (incoming.startsSnapshot() && !incoming.part().last())
            || assignment.boundaryAt(incoming.offset());
    if (begins && transaction.dirty() && !assignment.open()) {
      commit();
    }
  }

  /** Applies the part; false if its rows are gone, and so all was rolled back. */
  private boolean apply(Assignment assignment, Incoming incoming, Step.Apply apply) {
    if (apply.unfinished() == Unfinished.MERGE_SNAPSHOT) {
      transaction.mergeUnfinishedSnapshot();
    }
    metrics.applying(incoming, apply.part());
    try {
      transaction.apply(incoming, apply.part());
      return true;
    } catch (ClaimException lost) {
      boolean repaired =
          settings.claimExpired() == ClaimExpired.SNAPSHOT
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
      return false;
    }
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

  private void commit() {
    Map<TopicPartition, Checkpoint> moved = flow.moved();
    if (!moved.isEmpty() || transaction.dirty()) {
      transaction.commit(moved);
      policy.succeeded();
      metrics.committed(moved, now);
    }
    flow.committed();
  }

  private void rollback() {
    transaction.rollback();
    metrics.rolledBack();
    flow.rolledBack();
  }

  /** Does the work, or what follows from its failure; whether it was done. */
  private boolean guarded(Runnable work) {
    try {
      work.run();
      return true;
    } catch (WriteException failure) {
      Outcome outcome = policy.decide(failure, null);
      if (outcome instanceof Outcome.Retry retry) {
        rollback();
        if (target.lost()) {
          // What a lost connection committed is known only to the checkpoints.
          target.close();
          flow.all().forEach(assignment -> unclaimed.add(assignment.partition()));
        }
        resting = now + retry.after().toMillis();
        metrics.retried();
        return false;
      }
      throw failed(
          outcome instanceof Outcome.Fail fail ? fail.cause() : new ConnectException(failure));
    } catch (RuntimeException failure) {
      throw failed(failure);
    }
  }

  private RuntimeException failed(RuntimeException failure) {
    metrics.failed();
    try {
      transaction.rollback();
    } catch (RuntimeException rollback) {
      failure.addSuppressed(rollback);
    }
    return failure;
  }
}
