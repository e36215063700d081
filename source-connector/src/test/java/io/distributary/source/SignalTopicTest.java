package io.distributary.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class SignalTopicTest {
  private static final TopicPartition PARTITION = new TopicPartition("shop.signal", 0);

  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(OffsetResetStrategy.EARLIEST);
  private final Requests capture = new Requests();
  private final SignalTopic signals = new SignalTopic(consumer, "shop.signal", capture);
  private long offset;

  /** A capture that notes what it is asked for. */
  private static final class Requests implements Capture {
    private final List<String> asked = new ArrayList<>();
    private int notDurable;

    @Override
    public Slice poll(Duration wait) {
      return null;
    }

    @Override
    public void acknowledged(Map<String, ?> bookmark) {}

    @Override
    public void requestSnapshot(String table) {
      asked.add(table);
      notDurable++;
    }

    @Override
    public int requestsNotDurable() {
      return notDurable;
    }

    @Override
    public CaptureMetrics metrics() {
      return new CaptureMetrics("e", 1, 0, Map.of("prices", "ready", "stock", "ready"), 0, 0, 0);
    }

    @Override
    public void close() {}
  }

  private void signals(String... values) {
    consumer.rebalance(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    for (String value : values) {
      consumer.addRecord(
          new ConsumerRecord<>(
              "shop.signal", 0, offset++, null, value.getBytes(StandardCharsets.UTF_8)));
    }
    look();
  }

  /** A look comes a while after the one before. */
  private void look() {
    long until = System.nanoTime() + Duration.ofMillis(201).toNanos();
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    signals.pass();
  }

  private OffsetAndMetadata committed() {
    return consumer.committed(Set.of(PARTITION)).get(PARTITION);
  }

  @Test
  void aRequestIsCommittedOnlyWhenTheSourceHasIt() {
    signals("{\"action\":\"snapshot\",\"table_name\":\"prices\"}");
    look();
    assertThat(capture.asked).containsExactly("prices");
    assertThat(committed()).isNull();

    capture.notDurable = 0;
    look();
    assertThat(committed()).isEqualTo(new OffsetAndMetadata(1));
  }

  @Test
  void aStarAsksForAllTables() {
    signals("{\"action\":\"snapshot\",\"table_name\":\"*\"}");
    assertThat(capture.asked).containsExactlyInAnyOrder("prices", "stock");
  }

  @Test
  void whatIsNoRequestIsPassedOverForGood() {
    signals("nonsense", "{\"action\":\"dance\"}");
    look();
    assertThat(capture.asked).isEmpty();
    assertThat(committed()).isEqualTo(new OffsetAndMetadata(2));
  }

  @Test
  void aTopicThatMayNotBeReadStopsTheTask() {
    consumer.setPollException(new TopicAuthorizationException(Set.of("shop.signal")));
    assertThatThrownBy(this::look)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("signal.kafka.*");
  }

  @Test
  void itsConsumerEndsWithIt() {
    signals("{\"action\":\"snapshot\",\"table_name\":\"prices\"}");
    capture.notDurable = 0;
    signals.close();
    assertThat(consumer.closed()).isTrue();
  }
}
