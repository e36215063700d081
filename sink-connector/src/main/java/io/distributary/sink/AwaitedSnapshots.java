package io.distributary.sink;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.TableId;
import io.distributary.core.signal.SnapshotRequest;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.read.SourceNames;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that wait for a snapshot, and asking for it. That is done once all that is there
 * was read, or after some seconds of reading, because the snapshot may be in the topic already.
 *
 * <p>Of a topic that holds one table, that table is asked for; else all tables of the source, for
 * it is not known which of them lack something.
 */
final class AwaitedSnapshots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AwaitedSnapshots.class);
  private static final long READ_ON_MS = 10_000;
  private static final long LOOK_MS = 500;
  private static final long AGAIN_MS = 5_000;

  /** Of snapshots that cannot be read after they were asked for, the first may be an older one. */
  private static final int UNREADABLE_ANSWERS = 2;

  private final Signals signals;
  private final Map<TopicPartition, Wait> waits = new HashMap<>();

  private static final class Wait {
    private String source;
    private String table;
    private long dueBy;
    private long notBefore;
    private boolean asked;
    private int unreadable;
  }

  AwaitedSnapshots(Signals signals) {
    this.signals = signals;
  }

  /** The partition passes over that record, for it waits. */
  void waits(TopicPartition partition, Incoming incoming, long now) {
    Wait wait = waits.get(partition);
    if (wait == null) {
      wait = begun(partition, now);
    }
    if (wait.source == null && incoming.part() != null) {
      wait.source = SourceNames.of(incoming.record());
      wait.table = table(wait.source, incoming);
    }
  }

  private Wait begun(TopicPartition partition, long now) {
    Wait wait = new Wait();
    wait.dueBy = now + READ_ON_MS;
    waits.put(partition, wait);
    return wait;
  }

  /** A topic of that name holds that table alone. */
  private static String table(String source, Incoming incoming) {
    TableId table = incoming.part().table().id();
    String own = Names.topic(source + "." + table.qualifiedName());
    return own.equals(incoming.record().originalTopic())
        ? table.qualifiedName()
        : SnapshotRequest.ALL_TABLES;
  }

  /**
   * A claim of the partition is lost.
   *
   * @return whether a snapshot is of use: not when the ones that were asked for are lost as well
   */
  boolean lost(TopicPartition partition, Incoming incoming, long now) {
    Wait wait = waits.get(partition);
    if (wait == null) {
      wait = begun(partition, now);
    }
    if (wait.asked && incoming.startsSnapshot() && ++wait.unreadable >= UNREADABLE_ANSWERS) {
      return false;
    }
    if (incoming.startsSnapshot()) {
      wait.asked = false;
      wait.dueBy = now + READ_ON_MS;
    }
    waits(partition, incoming, now);
    return true;
  }

  /** The partition does not wait any more, or is another task's. */
  void over(TopicPartition partition) {
    waits.remove(partition);
  }

  /** As {@link #over(TopicPartition)}. */
  void over(Collection<TopicPartition> partitions) {
    waits.keySet().removeAll(partitions);
  }

  /**
   * Asks for what is due.
   *
   * @param allRead whether there was nothing more to read
   */
  void ask(long now, boolean allRead) {
    if (!signals.configured()) {
      return;
    }
    waits.forEach(
        (partition, wait) -> {
          boolean due = !wait.asked && wait.source != null && (allRead || now >= wait.dueBy);
          if (due && now >= wait.notBefore) {
            ask(partition, wait, now);
          }
        });
  }

  private void ask(TopicPartition partition, Wait wait, long now) {
    String topic = SnapshotRequest.topic(wait.source);
    try {
      signals.ask(wait.source, new SnapshotRequest(wait.table));
      wait.asked = true;
      LOG.info(
          "{} waits for a snapshot, which is asked for on topic {}: table {}",
          partition,
          topic,
          wait.table);
    } catch (KafkaException e) {
      wait.notBefore = now + AGAIN_MS;
      LOG.warn(
          "{} waits for a snapshot, which cannot be asked for on topic {} for now: {}",
          partition,
          topic,
          e.getMessage());
    }
  }

  /** When to be called again at the latest, in milliseconds; {@link Long#MAX_VALUE} for never. */
  long due(long now) {
    boolean unasked =
        signals.configured()
            && waits.values().stream().anyMatch(wait -> !wait.asked && wait.source != null);
    return unasked ? now + LOOK_MS : Long.MAX_VALUE;
  }

  @Override
  public void close() {
    signals.close();
  }
}
