package io.distributary.sink;

import io.distributary.core.record.Part;
import io.distributary.core.relation.TableId;
import io.distributary.sink.read.Incoming;
import io.distributary.sink.unit.Checkpoint;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts what a task does. What is not committed does not count yet.
 *
 * <p>Written by the task's thread, read by any.
 */
final class Metrics implements SinkMetricsMXBean {
  private static final long BACKLOG_MILLIS = 10_000;

  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong units = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong rollbacks = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final Map<String, String> states = new ConcurrentHashMap<>();
  private final Map<String, Long> lsns = new ConcurrentHashMap<>();

  private final Map<TableId, Long> touched = new HashMap<>();
  private final Set<String> waiting = new HashSet<>();
  private TableId current;
  private long currentTime;
  private long newRows;
  private long newUnits;

  void applying(Incoming incoming, Part part) {
    TableId table = part.table().id();
    if (!table.equals(current)) {
      flush();
      current = table;
      waiting.remove(table.toString());
    }
    currentTime = part.header().timestamp();
    newRows += part.claim() == null ? part.changes().size() : part.claim().rows();
    newUnits += part.last() ? 1 : 0;
    if (incoming.ofSnapshot() && (part.claim() != null || !part.last())) {
      states.put(table.toString(), "loading_snapshot");
    }
  }

  void passed(Incoming incoming, boolean waits) {
    skipped.incrementAndGet();
    if (waits && incoming.part() != null) {
      waiting.add(incoming.part().table().id().toString());
    }
  }

  void committed(Map<TopicPartition, Checkpoint> checkpoints, long now) {
    flush();
    commits.incrementAndGet();
    rows.addAndGet(newRows);
    units.addAndGet(newUnits);
    touched.forEach(
        (table, time) ->
            states.put(
                table.toString(), now - time > BACKLOG_MILLIS ? "ready_with_backlog" : "ready"));
    showWaiting();
    checkpoints.forEach(
        (partition, checkpoint) -> {
          if (checkpoint.position() != null) {
            lsns.put(partition.toString(), checkpoint.position().lsn());
          }
        });
    forget();
  }

  void rolledBack() {
    rollbacks.addAndGet(newRows > 0 ? 1 : 0);
    forget();
  }

  void retried() {
    retries.incrementAndGet();
  }

  /** A call is over; one that brought nothing means that there is no backlog. */
  void delivered(boolean nothingCame) {
    showWaiting();
    if (nothingCame) {
      states.replaceAll((table, state) -> state.equals("ready_with_backlog") ? "ready" : state);
    }
  }

  void failed() {
    if (current != null) {
      states.put(current.toString(), "failed");
    }
  }

  void closed(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> lsns.remove(partition.toString()));
  }

  private void showWaiting() {
    waiting.forEach(table -> states.put(table, "waiting_for_snapshot"));
  }

  private void flush() {
    if (current != null) {
      touched.put(current, currentTime);
    }
  }

  private void forget() {
    touched.clear();
    current = null;
    newRows = 0;
    newUnits = 0;
  }

  @Override
  public long getRowsApplied() {
    return rows.get();
  }

  @Override
  public long getUnitsApplied() {
    return units.get();
  }

  @Override
  public long getRecordsSkipped() {
    return skipped.get();
  }

  @Override
  public long getCommits() {
    return commits.get();
  }

  @Override
  public long getRollbacks() {
    return rollbacks.get();
  }

  @Override
  public long getRetries() {
    return retries.get();
  }

  @Override
  public Map<String, String> getTableStates() {
    return Map.copyOf(states);
  }

  @Override
  public Map<String, Long> getLastLsns() {
    return Map.copyOf(lsns);
  }
}
