package io.distributary.benchmarks;

import io.distributary.sink.DistributarySinkTask;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** A sink task outside of a worker, that is given puts as fast as it takes them. */
final class SinkRun implements AutoCloseable {
  private final SinkTask task;

  private SinkRun(SinkTask task, Map<String, String> settings) {
    Set<TopicPartition> partitions = Set.of(new TopicPartition(ItemUnits.TOPIC, 0));
    this.task = task;
    task.initialize(new SinkContext(partitions));
    task.start(settings);
    task.open(partitions);
  }

  /** Our sink's task; {@code more} are names and values of settings. */
  static SinkRun ours(String url, String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "benchmark");
    settings.put("connection.url", url);
    settings.put("start.without.history", "continue");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return new SinkRun(new DistributarySinkTask(), settings);
  }

  /** Another's. */
  static SinkRun of(SinkTask task, Map<String, String> settings) {
    return new SinkRun(task, settings);
  }

  /** Puts all. */
  void put(List<List<SinkRecord>> puts) {
    puts.forEach(task::put);
  }

  /** How many seconds the puts take. */
  double seconds(List<List<SinkRecord>> puts) {
    long begin = System.nanoTime();
    put(puts);
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {
    task.stop();
  }
}
