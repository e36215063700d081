package io.distributary.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics from their beginning to their present end, and keeps which claims their records
 * refer to. It belongs to no consumer group. Failures are {@link CommandException}s.
 */
final class TopicReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String servers;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param client settings of Kafka's client, {@code bootstrap.servers} among them
   */
  TopicReader(Map<String, Object> client) {
    Map<String, Object> config = new HashMap<>(client);
    servers = String.valueOf(config.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // What a transaction has not committed may be needed as soon as it has.
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    config.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
    config.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
    consumer =
        translated(
            () ->
                new KafkaConsumer<>(
                    config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
  }

  /** The names of all topics but Kafka's own. */
  Set<String> names() {
    return translated(
        () -> {
          Set<String> names = new HashSet<>(consumer.listTopics().keySet());
          names.removeIf(name -> name.startsWith("__"));
          return names;
        });
  }

  /**
   * Reads topics that are there.
   *
   * @param hashes of the claims that are known to be in the store
   */
  Topics read(Set<String> names, Set<String> hashes) {
    return translated(
        () -> {
          Topics topics = new Topics();
          for (String name : names) {
            read(name, hashes, topics);
          }
          return topics;
        });
  }

  private void read(String topic, Set<String> hashes, Topics topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .partitionsFor(topic)
        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    topics.beginnings().putAll(consumer.beginningOffsets(partitions));
    ClaimIds ids = new ClaimIds(topic);
    long left = left(partitions, ends);
    long progress = System.nanoTime();
    while (left > 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        note(record, ids, hashes, topics);
      }
      long before = left;
      left = left(partitions, ends);
      if (left < before) {
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
        throw new TimeoutException("nothing more of topic " + topic + " came for a minute");
      }
    }
  }

  private long left(List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
    return partitions.stream()
        .mapToLong(part -> Math.max(0, ends.get(part) - consumer.position(part)))
        .sum();
  }

  /** Adds the ends that partitions have by now. */
  void addEnds(Topics topics) {
    translated(
        () -> {
          topics.ends().putAll(consumer.endOffsets(topics.beginnings().keySet()));
          return null;
        });
  }

  private static void note(
      ConsumerRecord<byte[], byte[]> record, ClaimIds ids, Set<String> hashes, Topics topics) {
    if (record.timestampType() == TimestampType.CREATE_TIME) {
      Instant written = Instant.ofEpochMilli(record.timestamp());
      topics.last().merge(record.topic(), written, (a, b) -> a.isAfter(b) ? a : b);
    }
    if (record.value() == null) {
      return;
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    ids.find(
        record.value(),
        (hash, named) -> {
          if (named) {
            topics.named().add(hash);
          }
          if (named || hashes.contains(hash)) {
            topics
                .references()
                .computeIfAbsent(hash, h -> new HashMap<>())
                .merge(partition, record.offset(), Math::max);
          }
        });
  }

  private <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (AuthenticationException | AuthorizationException e) {
      throw new CommandException(
          "Kafka at "
              + servers
              + " refuses it: "
              + e.getMessage()
              + ". Set kafka.security.protocol, kafka.sasl.* and the like in a file given by"
              + " --config; the user must be allowed to describe and read the topics.",
          e);
    } catch (KafkaException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new CommandException(
          "Kafka at "
              + servers
              + " cannot be read: "
              + reason.getMessage()
              + ". Check --bootstrap-servers and the settings kafka.*.",
          e);
    }
  }

  @Override
  public void close() {
    consumer.close(Duration.ZERO);
  }
}
