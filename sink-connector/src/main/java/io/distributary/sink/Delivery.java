package io.distributary.sink;

import io.distributary.sink.read.RecordReader;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.unit.Progress;
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
  private final Applier applier;
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
    applier =
        new Applier(reader, flow, transaction, awaited, policy, settings.claimExpired(), metrics);
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
    applier.rollback();
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
    applier.rollback();
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
      } else if (!applyWhole(assignment, records, tails)) {
        flow.seek(batches.keySet());
        return;
      }
    }
    if (flow.holder() == null) {
      applier.commit(now);
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
    if (next != null && applier.apply(next, tails.get(next), now) == Applier.Reached.END) {
      if (next.open()) {
        next.holds(++turn);
      } else {
        applier.commit(now);
      }
    }
  }

  /** Applies the whole units among the records and notes the rest; false if all was rolled back. */
  private boolean applyWhole(
      Assignment assignment, List<SinkRecord> records, Map<Assignment, List<SinkRecord>> tails) {
    int end = Tail.start(records, reader);
    Applier.Reached reached = applier.apply(assignment, records.subList(0, end), now);
    if (end < records.size() && reached == Applier.Reached.END) {
      tails.put(assignment, records.subList(end, records.size()));
    }
    return reached != Applier.Reached.ROLLBACK;
  }

  /** Does the work, or what follows from its failure; whether it was done. */
  private boolean guarded(Runnable work) {
    try {
      work.run();
      return true;
    } catch (WriteException failure) {
      Outcome outcome = policy.decide(failure, null);
      if (outcome instanceof Outcome.Retry retry) {
        applier.rollback();
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
