package io.distributary.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What a task sees of a Connect worker: stored offsets, and Kafka transactions if asked for. */
final class FakeWorker implements SourceTaskContext, OffsetStorageReader, TransactionContext {
  /** The records that ended a Kafka transaction. */
  final List<SourceRecord> ends = new ArrayList<>();

  private Map<String, Object> stored;
  private boolean transactional;

  /** Stores the offsets of records, as Connect does once Kafka has them. */
  void store(List<SourceRecord> sent) {
    for (SourceRecord record : sent) {
      stored = new HashMap<>(record.sourceOffset());
    }
  }

  Map<String, Object> stored() {
    return stored;
  }

  void resumeAt(Map<String, Object> offset) {
    stored = offset;
  }

  void transactional() {
    transactional = true;
  }

  @Override
  public Map<String, String> configs() {
    return Map.of();
  }

  @Override
  public OffsetStorageReader offsetStorageReader() {
    return this;
  }

  @Override
  public TransactionContext transactionContext() {
    return transactional ? this : null;
  }

  @Override
  public <T> Map<String, Object> offset(Map<String, T> partition) {
    return partition.equals(Map.of("source", "shop")) ? stored : null;
  }

  @Override
  public <T> Map<Map<String, T>, Map<String, Object>> offsets(
      Collection<Map<String, T>> partitions) {
    Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
    partitions.forEach(partition -> offsets.put(partition, offset(partition)));
    return offsets;
  }

  @Override
  public void commitTransaction() {
    throw new UnsupportedOperationException("A boundary is set at a record");
  }

  @Override
  public void commitTransaction(SourceRecord record) {
    ends.add(record);
  }

  @Override
  public void abortTransaction() {
    throw new UnsupportedOperationException("Nothing is ever aborted");
  }

  @Override
  public void abortTransaction(SourceRecord record) {
    throw new UnsupportedOperationException("Nothing is ever aborted");
  }
}
