package io.distributary.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;

/**
 * What Kafka keeps of a source's records, in memory: the converter's bytes, in order, per topic.
 * The real broker has tests of its own; this one can be stopped between any two records.
 */
final class KafkaLog {
  private final Map<TopicPartition, List<Entry>> partitions =
      new TreeMap<>((a, b) -> a.topic().compareTo(b.topic()));
  private final Converter keys;
  private final Converter values;
  private final Converter keyReader;
  private final Converter valueReader;
  private long clock = 1_000;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] key, byte[] value, long timestamp) {}

  KafkaLog() {
    this(JsonConverter::new, Map.of("schemas.enable", "true", "decimal.format", "NUMERIC"));
  }

  /** With converters of their own for who writes and who reads, as in two workers. */
  KafkaLog(Supplier<Converter> converters, Map<String, String> config) {
    keys = configured(converters.get(), config, true);
    values = configured(converters.get(), config, false);
    keyReader = configured(converters.get(), config, true);
    valueReader = configured(converters.get(), config, false);
  }

  private static Converter configured(Converter made, Map<String, String> config, boolean key) {
    made.configure(config, key);
    return made;
  }

  void append(SourceRecord record) {
    if (record.topic().startsWith("__distributary")) {
      return; // The source's own; no sink is told to read it.
    }
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
    SchemaAndValue key = keyReader.toConnectData(partition.topic(), entry.key);
    SchemaAndValue value =
        entry.value == null
            ? SchemaAndValue.NULL
            : valueReader.toConnectData(partition.topic(), entry.value);
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
