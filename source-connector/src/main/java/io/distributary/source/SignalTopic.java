package io.distributary.source;

import io.distributary.core.relation.Names;
import io.distributary.core.signal.SnapshotRequest;
import io.distributary.source.capture.Capture;
import io.distributary.source.emit.TopicLayout;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands requests on the signal topic to the capture. Its offset is committed only when the capture
 * has made them durable in the source: a restart loses none, and repeats at most those that were
 * taken last.
 *
 * <p>Used by the task's thread alone, and never makes it wait.
 */
final class SignalTopic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SignalTopic.class);
  private static final long LOOK_EVERY_NS = Duration.ofMillis(200).toNanos();
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final Consumer<byte[], byte[]> consumer;
  private final Capture capture;
  private final Map<TopicPartition, OffsetAndMetadata> taken = new HashMap<>();
  private long looked = System.nanoTime() - LOOK_EVERY_NS;

  /** Reads the topic with that consumer, which it closes in the end. */
  SignalTopic(Consumer<byte[], byte[]> consumer, String topic, Capture capture) {
    this.consumer = consumer;
    this.capture = capture;
    consumer.subscribe(List.of(topic));
  }

  /**
   * Reads the connector's signal topic.
   *
   * @throws ConnectException when the client's settings are wrong
   */
  static SignalTopic open(SourceConfig config, String connector, Capture capture) {
    Map<String, Object> client = new HashMap<>();
    client.put("group.id", connector + "-signal");
    client.put("client.id", connector + "-signal");
    client.put("auto.offset.reset", "earliest"); // a request may be older than the connector
    client.put("isolation.level", "read_committed");
    client.put("metadata.max.age.ms", "30000");
    client.putAll(config.signalClient());
    client.put("enable.auto.commit", "false");
    try {
      return new SignalTopic(
          new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          SnapshotRequest.topic(config.topicPrefix()),
          capture);
    } catch (KafkaException e) {
      String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new ConnectException("The signal topic cannot be read (signal.kafka.*): " + why, e);
    }
  }

  /**
   * Refuses a table whose changes would go to the signal topic.
   *
   * @throws ConnectException that names the table and says what to do
   */
  static void requireOwn(SourceConfig config, Collection<String> tables) {
    if (config.signalClient().isEmpty() || config.layout() == TopicLayout.SOURCE) {
      return;
    }
    String topic = SnapshotRequest.topic(config.topicPrefix());
    for (String table : tables) {
      if (Names.topic(config.topicPrefix() + "." + table).equals(topic)) {
        throw new ConnectException(
            "The changes of table '"
                + table
                + "' would go to "
                + topic
                + ", which is the signal topic. Leave the table out with table.exclude.list, use"
                + " topic.layout=source, or do without signal.kafka.bootstrap.servers.");
      }
    }
  }

  /** Takes what came, and commits what is durable. */
  void pass() {
    long now = System.nanoTime();
    if (now - looked < LOOK_EVERY_NS) {
      return;
    }
    looked = now;
    commit();
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
        take(record);
      }
    } catch (RetriableException e) {
      LOG.warn("The signal topic cannot be read for now: {}", e.getMessage());
    } catch (KafkaException e) {
      throw new ConnectException(
          "The signal topic cannot be read (signal.kafka.*): " + e.getMessage(), e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      SnapshotRequest request = SnapshotRequest.parse(record.value());
      LOG.info(
          "A snapshot of {} is asked for at offset {} of {}",
          request.allTables() ? "all tables" : "table " + request.table(),
          record.offset(),
          record.topic());
      Collection<String> tables =
          request.allTables() ? capture.metrics().tables().keySet() : List.of(request.table());
      tables.forEach(capture::requestSnapshot);
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "The signal at offset {} of {} is passed over: {}. Expected is {\"action\":"
              + " \"snapshot\", \"table_name\": \"...\"}",
          record.offset(),
          record.topic(),
          e.getMessage());
    }
    taken.put(
        new TopicPartition(record.topic(), record.partition()),
        new OffsetAndMetadata(record.offset() + 1));
  }

  private void commit() {
    if (taken.isEmpty() || capture.requestsNotDurable() > 0) {
      return;
    }
    consumer.commitAsync(
        Map.copyOf(taken),
        (offsets, failure) -> {
          if (failure != null) {
            // What is read again asks for one snapshot more.
            LOG.warn("Offsets of the signal topic were not committed: {}", failure.getMessage());
          }
        });
    taken.clear();
  }

  @Override
  public void close() {
    try {
      commit();
      consumer.close(CLOSING);
    } catch (KafkaException e) {
      LOG.warn("The signal topic's consumer did not close: {}", e.getMessage());
    }
  }
}
