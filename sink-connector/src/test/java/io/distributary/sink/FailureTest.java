package io.distributary.sink;

import static io.distributary.sink.SourceTopic.read;
import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.snapshot;
import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.sink.read.RecordReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** What follows from failures: a retry, a report, or the end of the task. */
class FailureTest {
  private static final TopicPartition PARTITION = new TopicPartition("shop.prices", 0);

  private final FakeDatabase database = new FakeDatabase();
  private final FakeWorker worker = new FakeWorker(database);
  private final SourceTopic topic = new SourceTopic("shop.prices");

  private Map<Long, Object> prices() {
    return database.rows("prices");
  }

  @Test
  void aFailureForAWhileIsRetriedFromTheFirstUncommittedRecord() {
    topic.batch(update("e", 1), set(1, 10)).part(update("e", 2), 0, false, set(2, 20));
    topic.part(update("e", 2), 1, true, set(3, 30));
    worker.holds(topic.records()).start();
    worker.poll(2);

    database.failNext(1);
    worker.poll(1);
    assertThat(worker.paused()).containsExactly(PARTITION);
    assertThat(worker.wantedTimeout()).isEqualTo(100);
    assertThat(worker.poll(9)).isZero();

    worker.passes(Duration.ofMillis(100)).poll(9);
    worker.drain();
    assertThat(prices()).hasSize(3);
    assertThat(database.states()).hasSize(2);
  }

  @Test
  void theWaitDoublesAndEndsWithAClearFailure() {
    topic.batch(update("e", 1), set(1, 10));
    worker.holds(topic.records()).start();

    database.failNext(99);
    for (long wait : List.of(100L, 200L, 400L)) {
      worker.poll(9);
      assertThat(worker.wantedTimeout()).isEqualTo(wait);
      worker.passes(Duration.ofMillis(wait));
      worker.poll(9);
    }
    worker.passes(Duration.ofMillis(400));
    assertThatThrownBy(
            () -> {
              worker.poll(9);
              worker.poll(9);
            })
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("3 retries (max.retries)")
        .hasMessageContaining("database is locked");
  }

  @Test
  void aTargetThatIsAwayAtTheStartIsWaitedFor() {
    topic.batch(update("e", 1), set(1, 10));
    database.failNext(1);
    worker.holds(topic.records()).start();
    worker.poll(9);
    assertThat(prices()).isEmpty();

    worker.passes(Duration.ofMillis(100)).drain();
    worker.drain();
    assertThat(prices()).hasSize(1);
  }

  @Test
  void aBadChangeStopsTheTaskWithTableKeyOffsetAndCause() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, -1));
    database.refuse(change -> Long.valueOf(-1).equals(change.image()[1]));
    worker.holds(topic.records()).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Table prices with key (id)")
        .hasMessageContaining("offset 1 of shop.prices-0")
        .hasMessageContaining("CHECK constraint failed")
        .hasMessageContaining("errors.tolerance=all");
    assertThat(prices()).isEmpty();
    assertThat(worker.metrics().getTableStates()).containsEntry("prices", "failed");
  }

  @Test
  void toleratedBadChangesGoAloneToTheDeadLetterQueueAndTheRestIsApplied() {
    topic.batch(update("e", 1), set(1, 10), set(2, -1), set(3, 30), set(4, -1));
    database.refuse(change -> Long.valueOf(-1).equals(change.image()[1]));

    worker.tolerant().holds(topic.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 3L, 30L));
    assertThat(worker.reasons().get(0)).hasMessage("CHECK constraint failed");
    SinkRecord letter = worker.reported().get(0);
    assertThat(letter.getClass()).isEqualTo(SinkRecord.class);
    assertThat(letter.kafkaOffset()).isZero();
    var part = new RecordReader().read(letter).part();
    assertThat(part.header()).isEqualTo(update("e", 1));
    assertThat(part.changes().stream().map(change -> change.after()[0])).containsExactly(2L, 4L);
  }

  @Test
  void aChangeIsReportedOnlyWhenItsTransactionCommits() {
    topic.part(update("e", 1), 0, false, set(1, -1)).part(update("e", 1), 1, true, set(2, 20));
    database.refuse(change -> Long.valueOf(-1).equals(change.image()[1]));
    worker.tolerant().holds(topic.records()).start();

    worker.poll(1);
    assertThat(worker.reported()).isEmpty();
    worker.poll(1);
    assertThat(worker.reported()).hasSize(1);
  }

  @Test
  void aBadRowEventIsReportedAsItIs() {
    topic.rows(update("e", 1), set(1, 10), set(2, -1), set(3, 30), set(4, -1));
    database.refuse(change -> Long.valueOf(-1).equals(change.image()[1]));

    worker.tolerant().holds(topic.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 3L, 30L));
    assertThat(worker.reported()).extracting(SinkRecord::kafkaOffset).containsExactly(1L, 3L);
    assertThat(worker.reported().get(0).value()).isEqualTo(topic.records().get(1).value());
  }

  @Test
  void aRecordThatCannotBeReadStopsTheTask() {
    topic.add(null, null, null, "what?");
    worker.holds(topic.records()).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("offset 0 of shop.prices-0 cannot be read")
        .hasMessageContaining("expected a struct or a map")
        .hasMessageNotContaining("what?");
  }

  @Test
  void aRecordThatCannotBeReadIsReportedWhereThatIsTolerated() {
    topic.add(null, null, null, "what?").batch(update("e", 1), set(1, 10));

    worker.tolerant().holds(topic.records()).start().drain();

    assertThat(prices()).hasSize(1);
    assertThat(worker.reported()).hasSize(1);
  }

  @Test
  void aZombieIsFencedAndWritesNothing() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    worker.holds(topic.records()).start();
    worker.poll(1);

    new FakeWorker(database).holds(topic.records()).start();

    assertThatThrownBy(() -> worker.poll(1))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Another task has taken over");
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
  }

  @Test
  void aClaimWithoutAccessToItsStoreIsRefused() {
    topic.batch(snapshot("e", 1), read(1, 10));
    SinkRecord record = topic.records().get(0);
    var value = (org.apache.kafka.connect.data.Struct) record.value();
    value.put("rows", null);
    value.put("claim", new io.distributary.core.claim.Claim("file", "c-1", 2, 5, 99, 7).toStruct());
    worker.holds(List.of(record)).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("claim-check store 'file' as claim c-1")
        .hasMessageContaining("claim.file.directory")
        .hasMessageContaining("claim.* settings");
  }
}
