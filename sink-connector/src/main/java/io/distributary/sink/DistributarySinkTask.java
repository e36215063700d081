package io.distributary.sink;

import io.distributary.core.signal.SnapshotRequest;
import io.distributary.sink.write.Targets;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Applies records to target relations, in whole transactions, exactly once. */
public final class DistributarySinkTask extends SinkTask {
  static final String TASK = "distributary.task";

  private boolean asksForSnapshots;
  private Delivery delivery;
  private MetricsRegistration registration;

  @Override
  public String version() {
    return Version.get();
  }

  @Override
  public void start(Map<String, String> properties) {
    SinkConfig config = new SinkConfig(properties);
    Signals signals = config.signals();
    asksForSnapshots = signals.configured();
    Metrics metrics = new Metrics();
    registration =
        MetricsRegistration.of(metrics, config.target().sink(), properties.getOrDefault(TASK, "0"));
    delivery =
        new Delivery(
            new LazyTarget(() -> Targets.open(config.target())),
            context,
            config.delivery(),
            config.claims(),
            signals,
            metrics,
            System::currentTimeMillis);
  }

  @Override
  public void open(Collection<TopicPartition> partitions) {
    requireNoSignals(partitions);
    delivery.open(partitions);
  }

  /** What stands there is no change; a converter would fail on it, and say less. */
  private void requireNoSignals(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      if (asksForSnapshots && partition.topic().endsWith(SnapshotRequest.topic(""))) {
        throw new ConnectException(
            "Topic "
                + partition.topic()
                + " is the signal topic, which is no sink's to read: take it out of topics or"
                + " topics.regex, as in canonical\\.(?!signal$).*");
      }
    }
  }

  @Override
  public void put(Collection<SinkRecord> records) {
    delivery.put(records);
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> consumed) {
    return delivery.offsets(consumed);
  }

  @Override
  public void close(Collection<TopicPartition> partitions) {
    delivery.close(partitions);
  }

  @Override
  public void stop() {
    if (registration != null) {
      registration.close();
    }
    if (delivery != null) {
      delivery.close();
    }
  }
}
