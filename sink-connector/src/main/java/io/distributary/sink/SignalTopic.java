package io.distributary.sink;

import io.distributary.core.signal.SnapshotRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Asks on the sources' signal topics. The producer is made for the first request: hardly any sink
 * ever sends one.
 */
final class SignalTopic implements Signals {
  private static final int LIMIT_MS = 10_000;

  private final Map<String, Object> client;
  private Producer<byte[], byte[]> producer;

  /**
   * Signals through that Kafka.
   *
   * @param settings what the user gave as {@code signal.kafka.*}
   */
  SignalTopic(Map<String, Object> settings) {
    client = new HashMap<>();
    client.put("max.block.ms", LIMIT_MS);
    client.put("request.timeout.ms", LIMIT_MS / 2);
    client.put("delivery.timeout.ms", LIMIT_MS);
    client.putAll(settings);
    client.put("acks", "all");
  }

  @Override
  public boolean configured() {
    return true;
  }

  @Override
  public void ask(String source, SnapshotRequest request) {
    if (producer == null) {
      producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }
    byte[] key = request.table().getBytes(StandardCharsets.UTF_8);
    try {
      producer
          .send(new ProducerRecord<>(SnapshotRequest.topic(source), key, request.value()))
          .get(LIMIT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e); // interrupts the thread again
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException failure
          ? failure
          : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "No answer within " + LIMIT_MS + " ms", e);
    }
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }
}
