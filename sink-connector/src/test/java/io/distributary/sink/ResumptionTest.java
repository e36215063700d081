package io.distributary.sink;

import static io.distributary.sink.SourceTopic.PRICES;
import static io.distributary.sink.SourceTopic.delete;
import static io.distributary.sink.SourceTopic.read;
import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.snapshot;
import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.Position;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.unit.WithoutHistory;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Where reading resumes, and when that cannot be trusted. */
class ResumptionTest {
  private static final TopicPartition PARTITION = new TopicPartition("shop.prices", 0);

  private final FakeDatabase database = new FakeDatabase();
  private final FakeWorker worker = new FakeWorker(database);
  private final SourceTopic topic = new SourceTopic("shop.prices");

  private Map<Long, Object> prices() {
    return database.rows("prices");
  }

  @Test
  void aRestartGoesOnAfterTheCheckpointWhateverConnectRemembers() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    worker.holds(topic.records()).start().drain();

    topic.batch(update("e", 3), set(3, 30));
    worker.holds(topic.records()).start().drain();

    assertThat(worker.metrics().getRowsApplied()).isEqualTo(1);
    assertThat(prices()).hasSize(3);
  }

  @Test
  void recordsWhoseTopicATransformChangedAreThoseOfTheirPartition() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    worker.holds(renamed(topic.records())).start().drain();

    topic.batch(update("e", 3), set(3, 30));
    worker.holds(renamed(topic.records())).start().drain();

    assertThat(worker.metrics().getRowsApplied()).isEqualTo(1);
    assertThat(prices()).hasSize(3);
    assertThat(worker.committable()).containsOnlyKeys(PARTITION);
  }

  /** As Kafka's RegexRouter makes them. */
  private static List<SinkRecord> renamed(List<SinkRecord> records) {
    return records.stream()
        .map(
            record ->
                record.newRecord(
                    "renamed",
                    record.kafkaPartition(),
                    record.keySchema(),
                    record.key(),
                    record.valueSchema(),
                    record.value(),
                    record.timestamp()))
        .toList();
  }

  @Test
  void anOpenUnitIsReadAgainFromItsBeginningAfterACrash() {
    topic.batch(update("e", 1), set(1, 10)).part(update("e", 2), 0, false, set(2, 20));
    worker.holds(topic.records()).start().drain();

    topic.part(update("e", 2), 1, true, set(3, 30));
    worker.holds(topic.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L, 3L, 30L));
    assertThat(database.states()).hasSize(2);
  }

  @Test
  void aTopicMadeAnewIsReadFromItsBeginningAndKnownUnitsAreSkipped() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    worker.holds(topic.records()).start().drain();

    SourceTopic anew = new SourceTopic("shop.prices", PRICES, 2_000_000);
    anew.batch(update("e", 2), set(2, 99)).batch(update("e", 3), set(3, 30));
    anew.batch(update("e", 4), set(4, 40));
    worker.recreated(anew.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L, 3L, 30L, 4L, 40L));
    assertThat(database.checkpoint(PARTITION))
        .isEqualTo(new Checkpoint(2, new Position("e", 4), 2_000_002L));
  }

  @Test
  void aTopicMadeAnewAndStillShorterIsNoticed() {
    topic.batch(update("e", 1), set(1, 10)).gap(5).batch(update("e", 2), set(2, 20));
    worker.holds(topic.records()).start().drain();

    SourceTopic anew = new SourceTopic("shop.prices", PRICES, 2_000_000);
    anew.batch(update("e", 2), set(2, 99)).batch(update("e", 3), set(3, 30));
    worker.recreated(anew.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L, 3L, 30L));
    assertThat(database.checkpoint(PARTITION).offset()).isEqualTo(1);
  }

  @Test
  void aTopicMadeAnewThatDoesNotReachBackWaitsForASnapshot() {
    topic.batch(update("e", 1), set(1, 10));
    worker.holds(topic.records()).start().drain();

    SourceTopic anew = new SourceTopic("shop.prices", PRICES, 2_000_000);
    anew.batch(update("e", 7), set(7, 70)).batch(snapshot("e", 8), read(7, 70), read(8, 80));
    worker.recreated(anew.records().subList(0, 1)).start().drain();
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));

    worker.holds(anew.records()).drain();
    assertThat(prices()).isEqualTo(Map.of(7L, 70L, 8L, 80L));
  }

  @Test
  void anOldTombstoneInATopicMadeAnewDeletesNothing() {
    topic.rows(update("e", 1), set(1, 10)).rows(update("e", 2), set(1, 11));
    worker.holds(topic.records()).start().drain();

    // The delete before the tombstone was compacted away, and the row came back since.
    SourceTopic anew = new SourceTopic("shop.prices", PRICES, 2_000_000);
    anew.rows(update("e", 1), delete(1)).rows(update("e", 2), set(1, 11));
    worker.recreated(anew.records().subList(1, 3)).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 11L));
  }

  @Test
  void aNewTombstoneInATopicMadeAnewDeletes() {
    topic.rows(update("e", 1), set(1, 10)).rows(update("e", 2), set(2, 20));
    worker.holds(topic.records()).start().drain();

    SourceTopic anew = new SourceTopic("shop.prices", PRICES, 2_000_000);
    anew.rows(update("e", 2), set(2, 20)).rows(update("e", 3), delete(1));
    anew.rows(update("e", 4), set(3, 30));
    worker.recreated(anew.records());
    worker.loses(PARTITION, 1).start().drain();

    assertThat(prices()).isEqualTo(Map.of(2L, 20L, 3L, 30L));
  }

  @Test
  void compactionMayTakeTheRecordAppliedLast() {
    topic.rows(update("e", 1), set(1, 10)).rows(update("e", 2), set(1, 11));
    worker.holds(topic.records().subList(0, 1)).start().drain();

    worker.holds(topic.records()).loses(PARTITION, 0).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 11L));
  }

  @Test
  void retentionThatTookUnreadBatchesIsNotPassedOver() {
    for (int lsn = 1; lsn <= 4; lsn++) {
      topic.batch(update("e", lsn), set(lsn, 10L * lsn));
    }
    worker.holds(topic.records().subList(0, 1)).start().drain();

    worker.holds(topic.records()).loses(PARTITION, 0, 1).start().drain();
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));

    topic.batch(snapshot("e", 5), read(5, 50));
    worker.holds(topic.records()).drain();
    assertThat(prices()).isEqualTo(Map.of(5L, 50L));
  }

  @Test
  void retentionThatTookOnlyWhatIsAppliedLosesNothing() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    worker.holds(topic.records().subList(0, 1)).start().drain();

    worker.holds(topic.records()).loses(PARTITION, 0).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L));
  }

  @Test
  void aSinkThatStartsWithoutHistoryWaitsForASnapshotAcrossRestarts() {
    topic.gap(3).batch(update("e", 5), set(1, 10)).batch(update("e", 6), set(2, 20));
    worker.holds(topic.records()).start().drain().start().drain();
    assertThat(prices()).isEmpty();
    assertThat(database.checkpoint(PARTITION)).isNull();
    assertThat(worker.metrics().getTableStates()).containsEntry("prices", "waiting_for_snapshot");

    topic.batch(snapshot("e", 7), read(3, 30)).batch(update("e", 8), set(4, 40));
    worker.holds(topic.records()).start().drain();
    assertThat(prices()).isEqualTo(Map.of(3L, 30L, 4L, 40L));
    assertThat(worker.metrics().getTableStates()).doesNotContainValue("waiting_for_snapshot");
  }

  @Test
  void aFirstSnapshotIsHistoryEnoughWhateverItsOffset() {
    topic.gap(3).batch(snapshot("e", 5), read(1, 10));

    worker.withoutHistory(WithoutHistory.FAIL).holds(topic.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
  }

  @Test
  void withFailASinkWithoutHistoryStops() {
    topic.gap(3).batch(update("e", 5), set(1, 10));
    worker.withoutHistory(WithoutHistory.FAIL).holds(topic.records()).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("The history of shop.prices-0 is lost")
        .hasMessageContaining("distributary_signal")
        .hasMessageContaining("start.without.history=continue");
  }

  @Test
  void withContinueASinkWithoutHistoryTakesWhatThereIs() {
    topic.gap(3).rows(update("e", 5), set(1, 10)).rows(update("f", 1), set(2, 20));

    worker.withoutHistory(WithoutHistory.CONTINUE).holds(topic.records()).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L));
  }

  @Test
  void recordsOfOthersCannotWaitForASnapshot() {
    topic.gap(3).add(null, Map.of("id", 1L), null, Map.of("price", 10L));
    worker.holds(topic.records()).start();

    assertThatThrownBy(worker::drain).hasMessageContaining("start.without.history=continue");
  }

  @Test
  void aRewoundPartitionAppliesAgainWhatItReadsAgain() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    worker.holds(topic.records()).start().drain();

    database.setCheckpoint(PARTITION, Checkpoint.rewoundTo(0));
    worker.start().drain();
    assertThat(worker.metrics().getRowsApplied()).isEqualTo(2);

    database.setCheckpoint(PARTITION, Checkpoint.rewoundTo(1));
    worker.start().drain();
    assertThat(worker.metrics().getRowsApplied()).isEqualTo(1);
  }

  @Test
  void aPartitionRewoundIntoASnapshotAddsItsRestAndRemovesNothing() {
    topic.part(snapshot("e", 1), 0, false, read(1, 10));
    topic.part(snapshot("e", 1), 1, false, read(2, 20)).part(snapshot("e", 1), 2, true, read(3, 3));
    worker.holds(topic.records()).start().drain();

    database.setCheckpoint(PARTITION, Checkpoint.rewoundTo(1));
    worker.start().drain();

    assertThat(prices()).hasSize(3);
  }

  @Test
  void offsetsThatControlRecordsTookAreNoLoss() {
    topic.batch(update("e", 1), set(1, 10)).gap(2).batch(update("e", 2), set(2, 20)).gap(1);
    worker.holds(topic.records()).start().drain().start().drain();

    topic.batch(update("e", 3), set(3, 30));
    worker.holds(topic.records()).drain();

    assertThat(prices()).hasSize(3);
  }
}
