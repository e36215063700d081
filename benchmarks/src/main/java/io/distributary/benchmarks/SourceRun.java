package io.distributary.benchmarks;

import io.distributary.source.DistributarySourceTask;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** A source task outside of a worker. */
final class SourceRun {
  static final String PREFIX = "canonical";

  private SourceRun() {}

  /** Installs the log and takes the first snapshot; returns where the changes begin. */
  static Map<String, ?> install(Path file) throws InterruptedException {
    DistributarySourceTask task = start(file, null);
    Map<String, ?> bookmark = null;
    List<SourceRecord> records = task.poll();
    while (records != null && !records.isEmpty()) {
      bookmark = records.get(records.size() - 1).sourceOffset();
      records = task.poll();
    }
    task.stop();
    return bookmark;
  }

  /** A started task that resumes after the bookmark; null for a first start. */
  static DistributarySourceTask start(Path file, Map<String, ?> bookmark) {
    return start("jdbc:sqlite:" + file, bookmark, Map.of("events", "transaction"));
  }

  /** A started task of any database. */
  static DistributarySourceTask start(
      String url, Map<String, ?> bookmark, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("name", "benchmark");
    settings.put("connection.url", url);
    settings.put("topic.prefix", PREFIX);
    return start(new DistributarySourceTask(), bookmark, settings);
  }

  /** Any task, once it is started. */
  static <T extends SourceTask> T start(
      T task, Map<String, ?> bookmark, Map<String, String> settings) {
    task.initialize(new Context(bookmark));
    task.start(settings);
    return task;
  }

  /** Gives the task the same stored offset whatever the partition. */
  private record Context(Map<String, ?> bookmark) implements SourceTaskContext {
    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return new Stored(bookmark);
    }
  }

  private record Stored(Map<String, ?> bookmark) implements OffsetStorageReader {
    @Override
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return bookmark == null ? null : new HashMap<>(bookmark);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
      partitions.forEach(partition -> offsets.put(partition, offset(partition)));
      return offsets;
    }
  }
}
