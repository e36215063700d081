package io.distributary.it;

import io.distributary.sink.DistributarySinkTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Runs the sink's task as Connect does: seeks, pauses, rebalances, and stops it between puts. */
final class SinkRunner implements AutoCloseable {
  private final Map<String, String> config;
  private final KafkaLog kafka;
  private final Random random;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<TopicPartition, Long> seeks = new HashMap<>();
  private final Set<TopicPartition> paused = new HashSet<>();
  private Set<TopicPartition> assigned = Set.of();
  private DistributarySinkTask task;

  SinkRunner(Map<String, String> config, KafkaLog kafka, Random random) {
    this.config = config;
    this.kafka = kafka;
    this.random = random;
  }

  /** Hands the task up to so many records; returns how many. */
  int step(int most) {
    assign();
    positions.putAll(seeks);
    seeks.clear();
    List<SinkRecord> records = new ArrayList<>();
    for (TopicPartition partition : assigned) {
      if (paused.contains(partition)) {
        continue;
      }
      long end = kafka.end(partition);
      long position = positions.get(partition);
      if (position > end) {
        position = 0; // out of range: auto.offset.reset=earliest
      }
      int share = random.nextInt(most + 1);
      for (; position < end && share > 0; position++, share--) {
        records.add(kafka.read(partition, position));
      }
      positions.put(partition, position);
    }
    task.put(records);
    if (random.nextInt(3) == 0) {
      task.preCommit(new HashMap<>());
    }
    return records.size();
  }

  /** Whether all that Kafka holds has been handed out and nothing is to be read again. */
  boolean idle() {
    return task != null
        && seeks.isEmpty()
        && assigned.equals(kafka.partitions())
        && assigned.stream().allMatch(p -> positions.get(p) >= kafka.end(p));
  }

  private void assign() {
    Set<TopicPartition> partitions = kafka.partitions();
    if (task == null) {
      task = new DistributarySinkTask();
      task.initialize(new Context());
      task.start(config);
      assigned = Set.of();
    }
    if (!partitions.equals(assigned)) {
      if (!assigned.isEmpty()) {
        task.close(assigned);
      }
      forget();
      assigned = partitions;
      assigned.forEach(partition -> positions.put(partition, 0L));
      task.open(assigned);
    }
  }

  private void forget() {
    positions.clear();
    seeks.clear();
    paused.clear();
  }

  @Override
  public void close() {
    if (task != null) {
      task.stop();
      task = null;
      assigned = Set.of();
      forget();
    }
  }

  private final class Context implements SinkTaskContext {
    @Override
    public Map<String, String> configs() {
      return config;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
      seeks.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
      seeks.put(partition, offset);
    }

    @Override
    public void timeout(long timeoutMs) {}

    @Override
    public Set<TopicPartition> assignment() {
      return assigned;
    }

    @Override
    public void pause(TopicPartition... partitions) {
      paused.addAll(Set.of(partitions));
    }

    @Override
    public void resume(TopicPartition... partitions) {
      paused.removeAll(Set.of(partitions));
    }

    @Override
    public void requestCommit() {}

    @Override
    public ErrantRecordReporter errantRecordReporter() {
      return null;
    }
  }
}
