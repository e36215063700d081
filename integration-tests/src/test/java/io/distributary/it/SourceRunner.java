package io.distributary.it;

import io.distributary.source.DistributarySourceTask;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** Runs the source's task as Connect does, and stops it between any two records. */
final class SourceRunner implements AutoCloseable {
  private final Map<String, String> config;
  private final KafkaLog kafka;
  private final Random random;
  private final Map<Map<String, ?>, Map<String, ?>> stored = new HashMap<>();
  private Map<Map<String, ?>, Map<String, ?>> sent = new HashMap<>();
  private DistributarySourceTask task;

  SourceRunner(Map<String, String> config, KafkaLog kafka, Random random) {
    this.config = config;
    this.kafka = kafka;
    this.random = random;
  }

  /** Polls once and sends what came; now and then the offsets are stored, as Connect does. */
  int step() throws InterruptedException {
    if (task == null) {
      start();
    }
    List<SourceRecord> records = task.poll();
    if (records == null) {
      records = List.of();
    }
    for (SourceRecord record : records) {
      send(record);
    }
    if (random.nextInt(3) == 0) {
      flush();
    }
    return records.size();
  }

  /** Polls once, sends only some of what came, and dies. */
  void crash() throws InterruptedException {
    if (task == null) {
      start();
    }
    List<SourceRecord> records = task.poll();
    if (records != null && !records.isEmpty()) {
      for (SourceRecord record : records.subList(0, random.nextInt(records.size() + 1))) {
        send(record);
      }
      if (random.nextBoolean()) {
        stored.putAll(sent);
      }
    }
    close();
  }

  private void start() {
    sent = new HashMap<>();
    task = new DistributarySourceTask();
    task.initialize(new Context());
    task.start(config);
  }

  private void send(SourceRecord record) throws InterruptedException {
    kafka.append(record);
    sent.put(new HashMap<>(record.sourcePartition()), record.sourceOffset());
    task.commitRecord(record, null);
  }

  /** Stores the offsets of all that was sent, as Connect does from time to time. */
  void flush() throws InterruptedException {
    stored.putAll(sent);
    task.commit();
  }

  @Override
  public void close() {
    if (task != null) {
      task.stop();
      task = null;
    }
  }

  private final class Context implements SourceTaskContext {
    @Override
    public Map<String, String> configs() {
      return config;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return new Reader();
    }
  }

  private final class Reader implements OffsetStorageReader {
    @Override
    @SuppressWarnings("unchecked")
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return (Map<String, Object>) stored.get(new HashMap<String, Object>(partition));
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> wanted) {
      Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
      for (Map<String, T> partition : new ArrayList<>(wanted)) {
        offsets.put(partition, offset(partition));
      }
      return offsets;
    }
  }
}
