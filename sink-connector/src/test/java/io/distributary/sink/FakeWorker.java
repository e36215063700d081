package io.distributary.sink;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.signal.SnapshotRequest;
import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * What a Connect worker and its consumer do for a sink task, in memory: it seeks before it polls,
 * pauses, starts at the earliest offset when it is asked for one that is not there, and calls with
 * nothing when nothing came. Time passes only when told.
 */
final class FakeWorker implements SinkTaskContext {
  private final Map<TopicPartition, TreeMap<Long, SinkRecord>> topics = new HashMap<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<TopicPartition, Long> requested = new HashMap<>();
  private final Set<TopicPartition> paused = new HashSet<>();
  private final List<SinkRecord> reported = new ArrayList<>();
  private final List<Throwable> reasons = new ArrayList<>();
  private final Supplier<Target> database;
  private Settings settings =
      new Settings(
          Duration.ofSeconds(60),
          3,
          Duration.ofMillis(100),
          WithoutHistory.SNAPSHOT,
          ClaimExpired.FAIL,
          false);
  private Supplier<ClaimStore> store =
      () -> {
        throw new ConfigException("claim.file.directory", "", "none is configured");
      };
  private final List<String> asked = new ArrayList<>();
  private int signalFailures = -1;
  private boolean reporting;
  private Metrics metrics = new Metrics();
  private Delivery delivery;
  private long now = 1_000;
  private long timeout = -1;

  FakeWorker(FakeDatabase database) {
    this(database::connect);
  }

  FakeWorker(Supplier<Target> database) {
    this.database = database;
  }

  FakeWorker with(Settings other) {
    settings = other;
    return this;
  }

  FakeWorker withoutHistory(WithoutHistory choice) {
    return with(
        new Settings(
            settings.unitTimeout(),
            settings.maxRetries(),
            settings.retryBackoff(),
            choice,
            settings.claimExpired(),
            settings.tolerant()));
  }

  /** With {@code errors.tolerance=all} and a dead letter queue. */
  FakeWorker tolerant() {
    reporting = true;
    return with(
        new Settings(
            settings.unitTimeout(),
            settings.maxRetries(),
            settings.retryBackoff(),
            settings.withoutHistory(),
            settings.claimExpired(),
            true));
  }

  /** With {@code claim.expired=snapshot} and a signal topic, which fails so many times first. */
  FakeWorker signals(int failures) {
    signalFailures = failures;
    return with(
        new Settings(
            settings.unitTimeout(),
            settings.maxRetries(),
            settings.retryBackoff(),
            settings.withoutHistory(),
            ClaimExpired.SNAPSHOT,
            settings.tolerant()));
  }

  /** The snapshots that were asked for, as {@code source/table}. */
  List<String> asked() {
    return asked;
  }

  private Signals signals() {
    return signalFailures < 0
        ? Signals.NONE
        : new Signals() {
          @Override
          public boolean configured() {
            return true;
          }

          @Override
          public void ask(String source, SnapshotRequest request) {
            if (signalFailures > 0) {
              signalFailures--;
              throw new KafkaException("no broker answers");
            }
            asked.add(source + "/" + request.table());
          }

          @Override
          public void close() {}
        };
  }

  /** Claims stand in that store. */
  FakeWorker claims(Supplier<ClaimStore> opener) {
    store = opener;
    return this;
  }

  /** The partition now holds these records, and no others. */
  FakeWorker holds(List<SinkRecord> records) {
    for (SinkRecord record : records) {
      topics
          .computeIfAbsent(
              new TopicPartition(record.originalTopic(), record.originalKafkaPartition()),
              key -> new TreeMap<>())
          .put(record.kafkaOffset(), record);
    }
    return this;
  }

  /** The topic is deleted and made again, with these records. */
  FakeWorker recreated(List<SinkRecord> records) {
    topics.remove(new TopicPartition(records.get(0).topic(), 0));
    return holds(records);
  }

  /** Compaction, or retention, takes records. */
  FakeWorker loses(TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      topics.get(partition).remove(offset);
    }
    return this;
  }

  /** Log compaction, up to an offset: of each key, only the last record stays. */
  FakeWorker compacts(TopicPartition partition, long upTo) {
    Map<Object, Long> last = new HashMap<>();
    Map<Long, SinkRecord> cleaned = topics.get(partition).headMap(upTo, true);
    cleaned.forEach((offset, record) -> last.put(record.key(), offset));
    cleaned.keySet().retainAll(Set.copyOf(last.values()));
    return this;
  }

  boolean started() {
    return delivery != null;
  }

  /** Starts the task, as after a crash if one runs: what it had open is lost. */
  FakeWorker start() {
    Target target = database.get();
    requested.clear();
    paused.clear();
    positions.clear();
    metrics = new Metrics();
    delivery =
        new Delivery(target, this, settings, new Claims(store), signals(), metrics, () -> now);
    topics.keySet().forEach(partition -> positions.put(partition, 0L));
    delivery.open(topics.keySet());
    return this;
  }

  /** Polls at most so many records of each partition, and puts them. */
  int poll(int most) {
    positions.putAll(requested);
    requested.clear();
    List<SinkRecord> batch = new ArrayList<>();
    for (TopicPartition partition : positions.keySet()) {
      if (!paused.contains(partition)) {
        fetch(partition, most, batch);
      }
    }
    timeout = -1;
    delivery.put(batch);
    return batch.size();
  }

  private void fetch(TopicPartition partition, int most, List<SinkRecord> batch) {
    TreeMap<Long, SinkRecord> log = topics.get(partition);
    long end = log.isEmpty() ? 0 : log.lastKey() + 1;
    long position = positions.get(partition);
    if (position > end) {
      position = log.isEmpty() ? 0 : log.firstKey();
    }
    for (SinkRecord record : log.tailMap(position).values().stream().limit(most).toList()) {
      batch.add(record);
      position = record.kafkaOffset() + 1;
    }
    positions.put(partition, position);
  }

  /** Polls until nothing comes any more. */
  FakeWorker drain(int most) {
    for (int calls = 0; poll(most) > 0 || !requested.isEmpty(); calls++) {
      if (calls > 10_000) {
        throw new IllegalStateException("It never ends");
      }
    }
    return this;
  }

  FakeWorker drain() {
    return drain(500);
  }

  FakeWorker passes(Duration time) {
    now += time.toMillis();
    return this;
  }

  Delivery delivery() {
    return delivery;
  }

  Metrics metrics() {
    return metrics;
  }

  List<SinkRecord> reported() {
    return reported;
  }

  List<Throwable> reasons() {
    return reasons;
  }

  Set<TopicPartition> paused() {
    return paused;
  }

  /** When the task wants to be called again at the latest; -1 for whenever. */
  long wantedTimeout() {
    return timeout;
  }

  Map<TopicPartition, Long> committable() {
    Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
    positions.forEach((key, value) -> consumed.put(key, new OffsetAndMetadata(value)));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    delivery.offsets(consumed).forEach((key, value) -> offsets.put(key, value.offset()));
    return offsets;
  }

  Collection<TopicPartition> partitions() {
    return topics.keySet();
  }

  @Override
  public Map<String, String> configs() {
    return Map.of();
  }

  @Override
  public void offset(Map<TopicPartition, Long> offsets) {
    requested.putAll(offsets);
  }

  @Override
  public void offset(TopicPartition partition, long offset) {
    requested.put(partition, offset);
  }

  @Override
  public void timeout(long timeoutMs) {
    timeout = timeoutMs;
  }

  @Override
  public Set<TopicPartition> assignment() {
    return topics.keySet();
  }

  @Override
  public void pause(TopicPartition... partitions) {
    paused.addAll(List.of(partitions));
  }

  @Override
  public void resume(TopicPartition... partitions) {
    List.of(partitions).forEach(paused::remove);
  }

  @Override
  public void requestCommit() {}

  @Override
  public ErrantRecordReporter errantRecordReporter() {
    return reporting
        ? (record, reason) -> {
          reported.add(record);
          reasons.add(reason);
          return CompletableFuture.completedFuture(null);
        }
        : null;
  }
}
