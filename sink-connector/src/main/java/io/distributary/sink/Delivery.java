package io.distributary.sink;

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
import java.util.HashMap;
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
  private final SinkTaskContext context;
  private final Settings settings;
  private final LongSupplier clock;
  private final Metrics metrics;
  private final FailurePolicy policy;
  private final Transaction transaction;
  private final RecordReader reader = new RecordReader();
  private final Map<TopicPartition, Assignment> assignments = new LinkedHashMap<>();
  private final Set<TopicPartition> unclaimed = new HashSet<>();
  private final Set<TopicPartition> paused = new HashSet<>();
  private long resting;
  private long turn;
  private long seeks;

  /**
   * A delivery to that target, which it closes in the end.
   *
   * @param claims redeems claims; null if none can be
   * @param clock the time in milliseconds
   */
  Delivery(
      Target target,
      SinkTaskContext context,
      Settings settings,
      ClaimReader claims,
      Metrics metrics,
      LongSupplier clock) {
    this.target = target;
    this.context = context;
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
    var reporter = context.errantRecordReporter();
    policy =
        new FailurePolicy(
            settings.maxRetries(), settings.retryBackoff(), settings.tolerant(), reporter != null);
    transaction = new Transaction(target, policy, reporter, claims);
  }

  /** Takes over partitions: claims their checkpoints, and seeks the consumer to them. */
  void open(Collection<TopicPartition> partitions) {
    unclaimed.addAll(partitions);
    guarded(this::claim);
    regulate();
  }

  /** Gives partitions up; an open unit is rolled back. */
  void close(Collection<TopicPartition> partitions) {
    rollback();
    assignments.keySet().removeAll(partitions);
    unclaimed.removeAll(partitions);
    paused.removeAll(partitions);
    metrics.closed(partitions);
  }

  /** Delivers the records, as far as their units are whole. */
  void put(Collection<SinkRecord> records) {
    Map<TopicPartition, List<SinkRecord>> batches = byPartition(records);
    boolean done =
        clock.getAsLong() >= resting
            && guarded(
                () -> {
                  claim();
                  expire(batches.keySet());
                  deliver(batches);
                });
    if (!done) {
      readAgain(batches.keySet());
    }
    metrics.delivered(batches.isEmpty());
    regulate();
  }

  /** The offsets up to which units are committed: they but mirror the checkpoints. */
  Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, OffsetAndMetadata> consumed) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    consumed.forEach(
        (partition, upTo) -> {
          Assignment assignment = assignments.get(partition);
          Checkpoint checkpoint = assignment == null ? null : assignment.durable().checkpoint();
          // Connect refuses offsets of records that it has not handed out since the seek.
          if (checkpoint != null && checkpoint.offset() < upTo.offset()) {
            offsets.put(partition, new OffsetAndMetadata(checkpoint.offset() + 1));
          }
        });
    return offsets;
  }

  @Override
  public void close() {
    target.close();
  }

  private void claim() {
    if (unclaimed.isEmpty()) {
      return;
    }
    Map<TopicPartition, Checkpoint> checkpoints = target.claim(unclaimed);
    for (TopicPartition partition : unclaimed) {
      Checkpoint checkpoint = checkpoints.get(partition);
      Progress progress = new Progress(partition, checkpoint, settings.withoutHistory());
      assignments.put(partition, new Assignment(partition, progress));
      context.offset(partition, progress.next());
      LOG.info("{} goes on at offset {}, with {}", partition, progress.next(), checkpoint);
    }
    unclaimed.clear();
  }

  /** Rolls back a unit whose next part is overdue; it is read again, after other partitions. */
  private void expire(Set<TopicPartition> arrived) {
    Assignment holder = holder();
    long timeout = settings.unitTimeout().toMillis();
    if (holder == null
        || arrived.contains(holder.partition())
        || clock.getAsLong() - holder.openSince() < timeout) {
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
    if (assignments.size() > 1) {
      holder.rest(clock.getAsLong() + timeout);
    }
  }

  /**
   * First what continues the open unit, then the whole units of all partitions, in one commit; then
   * at most one unit is begun whose end has not come. What is left is read again.
   */
  private void deliver(Map<TopicPartition, List<SinkRecord>> batches) {
    Set<TopicPartition> arrived = Set.copyOf(batches.keySet());
    batches.keySet().retainAll(assignments.keySet());
    Map<Assignment, List<SinkRecord>> tails = new LinkedHashMap<>();
    Assignment holder = holder();
    if (holder != null) {
      List<SinkRecord> own = batches.remove(holder.partition());
      if (own != null && !runWhole(holder, own, tails)) {
        readAgain(arrived);
        return;
      }
      if (holder.open()) {
        run(holder, tails.getOrDefault(holder, List.of()));
        readAgain(batches.keySet());
        return;
      }
    }
    for (Map.Entry<TopicPartition, List<SinkRecord>> batch : batches.entrySet()) {
      Assignment assignment = assignments.get(batch.getKey());
      if (assignment.restUntil() > clock.getAsLong()) {
        readAgain(List.of(batch.getKey()));
      } else if (!runWhole(assignment, batch.getValue(), tails)) {
        readAgain(arrived);
        return;
      }
    }
    commit();
    begin(tails);
  }

  /** Of the units whose end has not come, begins that of the partition whose turn it is. */
  private void begin(Map<Assignment, List<SinkRecord>> tails) {
    Assignment next =
        tails.keySet().stream().min(Comparator.comparingLong(Assignment::lastHeld)).orElse(null);
    for (Assignment other : tails.keySet()) {
      if (other != next) {
        readAgain(List.of(other.partition()));
      }
    }
    if (next != null && run(next, tails.get(next))) {
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
    long sought = seeks;
    if (!run(assignment, records.subList(0, end))) {
      return false;
    }
    if (end < records.size() && sought == seeks) {
      tails.put(assignment, records.subList(end, records.size()));
    }
    return true;
  }

  /** Runs the records up to one that says to seek; false if all was rolled back. */
  private boolean run(Assignment assignment, List<SinkRecord> records) {
    for (SinkRecord record : records) {
      Incoming incoming = read(assignment, record);
      if (incoming == null) {
        continue;
      }
      commitBefore(assignment, incoming);
      OpenUnit unfinished = assignment.progress().open();
      Step step = assignment.progress().take(incoming);
      assignment.partCame(clock.getAsLong());
      if (step instanceof Step.Apply apply) {
        if (apply.unfinished() == Unfinished.DROP && !drop(assignment, unfinished)) {
          return false;
        }
        apply(incoming, apply);
      } else if (step instanceof Step.Seek seek) {
        seeks++;
        context.offset(assignment.partition(), seek.offset());
        return true;
      } else if (step instanceof Step.Refuse refuse) {
        throw new ConnectException(refuse.reason());
      } else if (step instanceof Step.Abandon && !drop(assignment, unfinished)) {
        return false;
      } else {
        metrics.passed(incoming, assignment.progress().waiting());
      }
    }
    return true;
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

  private void apply(Incoming incoming, Step.Apply apply) {
    if (apply.unfinished() == Unfinished.MERGE_SNAPSHOT) {
      transaction.mergeUnfinishedSnapshot();
    }
    metrics.applying(incoming, apply.part());
    transaction.apply(incoming, apply.part());
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
    Map<TopicPartition, Checkpoint> moved = new HashMap<>();
    for (Assignment assignment : assignments.values()) {
      Checkpoint checkpoint = assignment.progress().checkpoint();
      if (checkpoint != null && !checkpoint.equals(assignment.durable().checkpoint())) {
        moved.put(assignment.partition(), checkpoint);
      }
    }
    if (!moved.isEmpty() || transaction.dirty()) {
      transaction.commit(moved);
      policy.succeeded();
      metrics.committed(moved, clock.getAsLong());
    }
    assignments.values().forEach(Assignment::committed);
  }

  private void rollback() {
    transaction.rollback();
    metrics.rolledBack();
    for (Assignment assignment : assignments.values()) {
      boolean moved = assignment.progress().next() != assignment.durable().next();
      assignment.rolledBack();
      if (moved) {
        readAgain(List.of(assignment.partition()));
      }
    }
  }

  private void readAgain(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Assignment assignment = assignments.get(partition);
      if (assignment != null) {
        context.offset(partition, assignment.progress().next());
      }
    }
  }

  private Assignment holder() {
    return assignments.values().stream().filter(Assignment::open).findAny().orElse(null);
  }

  /** Pauses and resumes what is to be, and says when to call again. */
  private void regulate() {
    long now = clock.getAsLong();
    Assignment holder = holder();
    Set<TopicPartition> still = new HashSet<>();
    long due = Long.MAX_VALUE;
    for (Assignment assignment : assignments.values()) {
      boolean rests = assignment.restUntil() > now;
      if (now < resting || rests || (holder != null && holder != assignment)) {
        still.add(assignment.partition());
      }
      due = rests ? Math.min(due, assignment.restUntil()) : due;
    }
    due =
        holder == null
            ? due
            : Math.min(due, holder.openSince() + settings.unitTimeout().toMillis());
    due = now < resting ? resting : due;
    pause(still);
    if (due != Long.MAX_VALUE) {
      context.timeout(Math.max(1, due - now));
    }
  }

  private void pause(Set<TopicPartition> still) {
    Set<TopicPartition> resumed = new HashSet<>(paused);
    resumed.removeAll(still);
    Set<TopicPartition> stopped = new HashSet<>(still);
    stopped.removeAll(paused);
    if (!resumed.isEmpty()) {
      context.resume(resumed.toArray(TopicPartition[]::new));
    }
    if (!stopped.isEmpty()) {
      context.pause(stopped.toArray(TopicPartition[]::new));
    }
    paused.clear();
    paused.addAll(still);
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
        resting = clock.getAsLong() + retry.after().toMillis();
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

  private static Map<TopicPartition, List<SinkRecord>> byPartition(Collection<SinkRecord> records) {
    Map<TopicPartition, List<SinkRecord>> batches = new LinkedHashMap<>();
    TopicPartition last = null;
    List<SinkRecord> batch = null;
    for (SinkRecord record : records) {
      if (last == null
          || last.partition() != record.kafkaPartition()
          || !last.topic().equals(record.topic())) {
        last = new TopicPartition(record.topic(), record.kafkaPartition());
        batch = batches.computeIfAbsent(last, key -> new ArrayList<>());
      }
      batch.add(record);
    }
    return batches;
  }
}
