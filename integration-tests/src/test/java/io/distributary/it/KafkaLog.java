package io.distributary.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * What Kafka keeps of a source's records, in memory: the converter's bytes, in order, per topic.
 * The real broker has tests of its own; this one can be stopped between any two records.
 */
final class KafkaLog {
  private final Map<TopicPartition, List<Entry>> partitions =
      new TreeMap<>((a, b) -> a.topic().compareTo(b.topic()));
  private final JsonConverter keys = new JsonConverter();
  private final JsonConverter values = new JsonConverter();
  private long clock = 1_000;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] key, byte[] value, long timestamp) {}

  KafkaLog() {
    Map<String, String> config = Map.of("schemas.enable", "true", "decimal.format", "NUMERIC");
    keys.configure(config, true);
    values.configure(config, false);
  }

  void append(SourceRecord record) {
    int partition = record.kafkaPartition() == null ? 0 : record.kafkaPartition();
    partitions
        .computeIfAbsent(new TopicPartition(record.topic(), partition), p -> new ArrayList<>())
        .add(
            new Entry(
                keys.fromConnectData(record.topic(), record.keySchema(), record.key()),
                values.fromConnectData(record.topic(), record.valueSchema(), record.value()),
                clock++));
  }

  Set<TopicPartition> partitions() {
    return Set.copyOf(partitions.keySet());
  }

  long end(TopicPartition partition) {
    return partitions.getOrDefault(partition, List.of()).size();
  }

  SinkRecord read(TopicPartition partition, long offset) {
    Entry entry = partitions.get(partition).get((int) offset);
    SchemaAndValue key = keys.toConnectData(partition.topic(), entry.key);
    SchemaAndValue value =
        entry.value == null
            ? SchemaAndValue.NULL
            : values.toConnectData(partition.topic(), entry.value);
    return new SinkRecord(
        partition.topic(),
        partition.partition(),
        key.schema(),
        key.value(),
        value.schema(),
        value.value(),
        offset,
        entry.timestamp,
        TimestampType.CREATE_TIME);
  }
}
