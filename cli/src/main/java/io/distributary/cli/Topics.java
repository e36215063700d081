package io.distributary.cli;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What was found in the topics.
 *
 * @param references by a claim's hash: for each partition, the offset of the last record that
 *     refers to the claim
 * @param named those of the hashes whose id names the topic that its record is in
 * @param beginnings the first offset that is still there, for each partition that was read
 * @param ends the offset that the next record gets, for each partition, as it was after the sinks
 *     were asked for their positions
 * @param last for each topic, when its last record was written, as its producer says; none where
 *     brokers say it
 */
record Topics(
    Map<String, Map<TopicPartition, Long>> references,
    Set<String> named,
    Map<TopicPartition, Long> beginnings,
    Map<TopicPartition, Long> ends,
    Map<String, Instant> last) {

  /** Nothing was found yet. */
  Topics() {
    this(new HashMap<>(), new HashSet<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  Map<TopicPartition, Long> references(String hash) {
    return references.getOrDefault(hash, Map.of());
  }

  /** Whether a record was written to the topic after that moment. */
  boolean goesOnAfter(String topic, Instant moment) {
    Instant end = last.get(topic);
    return end != null && end.isAfter(moment);
  }
}
