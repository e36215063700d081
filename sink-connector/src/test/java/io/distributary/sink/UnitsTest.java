package io.distributary.sink;

import static io.distributary.sink.SourceTopic.delete;
import static io.distributary.sink.SourceTopic.read;
import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.snapshot;
import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.Position;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.sink.unit.Checkpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** What becomes of units: whole, new or not at all. */
class UnitsTest {
  private static final TopicPartition PRICES = new TopicPartition("shop.prices", 0);

  private final FakeDatabase database = new FakeDatabase();
  private final FakeWorker worker = new FakeWorker(database);
  private final SourceTopic topic = new SourceTopic("shop.prices");

  private Map<Long, Object> prices() {
    return database.rows("prices");
  }

  private void deliver() {
    worker.holds(topic.records()).start().drain();
  }

  private void deliverOneByOne() {
    worker.holds(topic.records()).start().drain(1);
  }

  @Test
  void aUnitIsInvisibleUntilItsLastPartAndThenThereAtOnce() {
    topic.part(update("e", 1), 0, false, set(1, 10), set(2, 20));
    topic.part(update("e", 1), 1, false, set(3, 30)).part(update("e", 1), 2, true, set(1, 11));

    worker.holds(topic.records()).start();
    worker.poll(1);
    worker.poll(1);
    assertThat(prices()).isEmpty();
    worker.poll(1);

    assertThat(prices()).isEqualTo(Map.of(1L, 11L, 2L, 20L, 3L, 30L));
    assertThat(database.states()).hasSize(1);
    assertThat(database.checkpoint(PRICES))
        .isEqualTo(new Checkpoint(2, new Position("e", 1), 1_000_002L));
  }

  @Test
  void wholeUnitsThatComeTogetherShareACommit() {
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    topic.rows(update("e", 3), set(3, 30), set(4, 40));

    deliver();

    assertThat(database.states()).hasSize(1);
    assertThat(prices()).hasSize(4);
  }

  @Test
  void aUnitSentAgainIsSkipped() {
    topic.rows(update("e", 1), set(1, 10), set(2, 20)).rows(update("e", 2), set(1, 11));
    topic.rows(update("e", 1), set(1, 10), set(2, 20)).rows(update("e", 2), set(1, 11));

    deliverOneByOne();

    assertThat(database.states()).hasSize(2);
    assertThat(worker.metrics().getRecordsSkipped()).isEqualTo(3);
    assertThat(database.checkpoint(PRICES).offset()).isEqualTo(5);
  }

  @Test
  void aSnapshotIsSkippedBelowTheCheckpointButNotAtIt() {
    topic.batch(update("e", 5), set(1, 10), set(2, 20));
    topic.batch(snapshot("e", 4), read(7, 70));
    topic.batch(snapshot("e", 5), read(1, 10));

    deliverOneByOne();

    assertThat(database.states())
        .containsExactly(
            Map.of("prices", Map.of(1L, 10L, 2L, 20L)), Map.of("prices", Map.of(1L, 10L)));
  }

  @Test
  void aNewEpochBeginsWithASnapshot() {
    topic.batch(update("old", 5), set(1, 10)).batch(snapshot("new", 2), read(2, 20));
    topic.batch(update("new", 3), set(3, 30));

    deliver();

    assertThat(prices()).isEqualTo(Map.of(2L, 20L, 3L, 30L));
    assertThat(database.checkpoint(PRICES).position()).isEqualTo(new Position("new", 3));
  }

  @Test
  void changesOfANewEpochWaitForItsSnapshotAndAreNotCountedAsDone() {
    topic.batch(update("old", 5), set(1, 10)).batch(update("new", 1), set(9, 90));
    deliver();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
    assertThat(database.checkpoint(PRICES).offset()).isZero();
    assertThat(worker.metrics().getTableStates()).containsEntry("prices", "waiting_for_snapshot");
    assertThat(worker.committable()).containsEntry(PRICES, 1L);

    topic.batch(snapshot("new", 2), read(9, 91)).batch(update("new", 3), set(8, 80));
    worker.holds(topic.records()).drain();
    assertThat(prices()).isEqualTo(Map.of(9L, 91L, 8L, 80L));
  }

  @Test
  void rowsSpreadByKeyAreUnitsOfTheirOwnInTheOrderOfTheirOffsets() {
    topic.row(update("", 5), 2, true, set(1, 10)).row(update("", 5), 4, true, set(2, 20));
    topic.row(update("", 4), 9, true, set(1, 30));

    deliverOneByOne();

    assertThat(prices()).isEqualTo(Map.of(1L, 30L, 2L, 20L));
    assertThat(database.states()).hasSize(3);
    assertThat(database.checkpoint(PRICES).position()).isNull();
  }

  @Test
  void anUnfinishedUnitIsShownWithTheNextAndNeverAlone() {
    topic.row(update("e", 1), 0, false, set(1, 10)).rows(update("e", 2), set(2, 20), set(3, 30));

    deliverOneByOne();

    assertThat(database.states())
        .containsExactly(Map.of("prices", Map.of(1L, 10L, 2L, 20L, 3L, 30L)));
  }

  @Test
  void aUnitThatARestartedSourceSendsAgainWhileItIsOpenIsAppliedOnce() {
    topic.part(update("e", 3), 0, false, set(1, 10)).part(update("e", 3), 1, false, set(2, 20));
    topic.batch(update("e", 3), set(1, 10), set(2, 20), set(3, 30));

    deliverOneByOne();

    assertThat(database.states())
        .containsExactly(Map.of("prices", Map.of(1L, 10L, 2L, 20L, 3L, 30L)));
  }

  @Test
  void unitsSentAgainBeforeTheUnfinishedOneDoNotDisturbIt() {
    topic.batch(update("e", 1), set(1, 10)).part(update("e", 2), 0, false, set(2, 20));
    topic.batch(update("e", 1), set(1, 10));
    topic.part(update("e", 2), 0, false, set(2, 20)).part(update("e", 2), 1, true, set(3, 30));

    deliverOneByOne();

    assertThat(database.states())
        .containsExactly(
            Map.of("prices", Map.of(1L, 10L)), Map.of("prices", Map.of(1L, 10L, 2L, 20L, 3L, 30L)));
  }

  @Test
  void anUnfinishedSnapshotIsDroppedForTheNext() {
    topic
        .part(snapshot("e", 1), 0, false, read(1, 10))
        .part(snapshot("e", 1), 1, false, read(2, 2));
    topic
        .part(snapshot("e", 4), 0, false, read(3, 30))
        .part(snapshot("e", 4), 1, true, read(4, 40));

    deliverOneByOne();

    assertThat(database.states()).containsExactly(Map.of("prices", Map.of(3L, 30L, 4L, 40L)));
  }

  @Test
  void anUnfinishedSnapshotIsDroppedAloneFromASharedTransaction() {
    topic.batch(update("e", 1), set(9, 90)).part(snapshot("e", 2), 0, false, read(1, 10));
    topic
        .part(snapshot("e", 2), 0, false, read(1, 10))
        .part(snapshot("e", 2), 1, true, read(2, 20));
    topic.batch(update("e", 3), set(3, 30));

    deliver();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L, 3L, 30L));
    assertThat(database.states().get(0)).isEqualTo(Map.of("prices", Map.of(9L, 90L)));
  }

  @Test
  void anUnfinishedSnapshotOfBatchesIsDroppedForAnUpdate() {
    topic.batch(update("e", 1), set(9, 90)).part(snapshot("e", 2), 0, false, read(1, 10));
    topic.batch(update("e", 3), set(3, 30));

    deliverOneByOne();

    assertThat(prices()).isEqualTo(Map.of(9L, 90L, 3L, 30L));
  }

  @Test
  void anUnfinishedFirstSnapshotIsWaitedForAgain() {
    topic.gap(5).part(snapshot("e", 2), 0, false, read(1, 10)).batch(update("e", 3), set(3, 30));
    deliverOneByOne();
    assertThat(prices()).isEmpty();

    topic.batch(snapshot("e", 4), read(1, 10), read(3, 30));
    worker.holds(topic.records()).drain(1);
    assertThat(prices()).hasSize(2);
  }

  @Test
  void theRowsOfASnapshotWhoseEndWasCompactedAwayAreMergedIntoTheNextUnit() {
    topic.rows(update("e", 1), set(7, 70));
    topic.row(snapshot("e", 2), 0, false, read(1, 10)).row(snapshot("e", 2), 1, false, read(2, 20));
    topic.row(snapshot("e", 2), 2, true, read(3, 30)).rows(update("e", 3), set(3, 31));

    worker.holds(topic.records()).loses(PRICES, 3).start().drain(1);

    assertThat(database.states())
        .last()
        .isEqualTo(Map.of("prices", Map.of(7L, 70L, 1L, 10L, 2L, 20L, 3L, 31L)));
    assertThat(database.states()).hasSize(2);
  }

  @Test
  void aSnapshotWhoseBeginningWasCompactedAwayRemovesNothing() {
    topic.rows(update("e", 1), set(7, 70));
    topic.row(snapshot("e", 2), 0, false, read(1, 10)).row(snapshot("e", 2), 1, true, read(2, 20));
    topic.rows(update("e", 3), set(1, 11));

    worker.holds(topic.records()).loses(PRICES, 1).start().drain(1);

    assertThat(prices()).isEqualTo(Map.of(7L, 70L, 2L, 20L, 1L, 11L));
  }

  @Test
  void aUnitWhoseEndWasCompactedAwayIsShownWithTheNext() {
    topic.rows(update("e", 1), set(1, 10), set(2, 20)).rows(update("e", 2), set(2, 21));

    worker.holds(topic.records()).loses(PRICES, 1).start().drain(1);

    assertThat(database.states()).containsExactly(Map.of("prices", Map.of(1L, 10L, 2L, 21L)));
  }

  @Test
  void aTombstoneAfterItsDeleteOnlyMovesTheCheckpoint() {
    topic.rows(update("e", 1), set(1, 10), set(2, 20)).rows(update("e", 2), delete(1));

    deliver();

    assertThat(prices()).isEqualTo(Map.of(2L, 20L));
    assertThat(database.checkpoint(PRICES).offset()).isEqualTo(3);
    assertThat(database.checkpoint(PRICES).position()).isEqualTo(new Position("e", 2));
    assertThat(worker.metrics().getRowsApplied()).isEqualTo(3);
  }

  @Test
  void aTombstoneAfterItsDeleteIsKnownAcrossARestart() {
    topic.rows(update("e", 1), set(1, 10)).rows(update("e", 2), delete(1));
    worker.holds(topic.records().subList(0, 2)).start().drain();

    worker.holds(topic.records()).start().drain();

    assertThat(worker.metrics().getRowsApplied()).isZero();
    assertThat(database.checkpoint(PRICES).offset()).isEqualTo(2);
  }

  @Test
  void aTombstoneWhoseDeleteWasCompactedAwayDeletes() {
    topic.rows(update("e", 1), set(1, 10), set(2, 20)).rows(update("e", 2), delete(1));

    worker.holds(topic.records()).loses(PRICES, 2).start().drain();

    assertThat(prices()).isEqualTo(Map.of(2L, 20L));
  }

  @Test
  void whereCompactionWasAtWorkWhatWasSentAgainIsAppliedAgainAndNeverShownOlder() {
    topic.rows(update("e", 1), set(1, 10), set(2, 10));
    topic.rows(update("e", 2), set(1, 20)).rows(update("e", 3), set(2, 30));
    topic.rows(update("e", 1), set(1, 10), set(2, 10));
    topic.rows(update("e", 2), set(1, 20)).rows(update("e", 3), set(2, 30));

    // The log is compacted amid what was sent again: only there unit 2 is left.
    worker.passes(Duration.ofHours(1)).holds(topic.records());
    worker
        .withoutHistory(io.distributary.sink.unit.WithoutHistory.CONTINUE)
        .loses(PRICES, 0, 1, 2)
        .start()
        .drain(1);

    assertThat(prices()).isEqualTo(Map.of(1L, 20L, 2L, 30L));
    assertThat(database.states())
        .containsExactly(
            Map.of("prices", Map.of(2L, 30L)), Map.of("prices", Map.of(1L, 20L, 2L, 30L)));
  }

  @Test
  void aRowThatAnOldTombstoneTookIsAppliedAgain() {
    topic.rows(update("e", 1), set(1, 10)).rows(update("e", 2), delete(1));
    topic.rows(update("e", 3), set(1, 11));
    // A restarted source sends units 2 and 3 again, and compaction takes the delete.
    topic.rows(update("e", 2), delete(1)).rows(update("e", 3), set(1, 11));

    worker.passes(Duration.ofHours(1)).holds(topic.records());
    worker.loses(PRICES, 4).start().drain(1);

    assertThat(prices()).isEqualTo(Map.of(1L, 11L));
  }

  @Test
  void aMissingPartStopsTheTaskAndNothingIsHalfApplied() {
    topic.part(update("e", 1), 0, false, set(1, 10)).part(update("e", 1), 1, false, set(2, 20));
    topic.part(update("e", 1), 2, true, set(3, 30));
    worker.holds(topic.records()).loses(PRICES, 1).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("offset 2 of shop.prices-0")
        .hasMessageContaining("part 2 of unit e:1 of table prices")
        .hasMessageContaining("part 1 did not come");
    assertThat(prices()).isEmpty();
  }

  @Test
  void aTransactionOverManyTablesIsOneCommit() {
    Table stores = new Table(new TableId("main", null, "stores"), SourceTopic.PRICES.columns(), 0);
    SourceTopic other = new SourceTopic("shop", stores, 1_000_001);
    SourceTopic one = new SourceTopic("shop").part(update("e", 1), 0, false, set(1, 10));
    one.gap(1).part(update("e", 1), 2, true, set(2, 20));
    other.gap(1).part(update("e", 1), 1, false, set(5, 50));

    worker.holds(one.records()).holds(other.records()).start().drain(1);

    assertThat(database.states())
        .containsExactly(Map.of("prices", Map.of(1L, 10L, 2L, 20L), "stores", Map.of(5L, 50L)));
  }

  @Test
  void recordsOfOthersAreUnitsOfTheirOwn() {
    for (long i = 0; i < 3; i++) {
      topic.add(null, Map.of("id", i), null, Map.of("price", i * 10));
    }
    topic.add(null, Map.of("id", 1L), null, null);

    deliver();

    assertThat(prices()).isEqualTo(Map.of(0L, 0L, 2L, 20L));
    assertThat(database.checkpoint(PRICES)).isEqualTo(new Checkpoint(3, null, 1_000_003L));
  }

  @Test
  void offsetsGivenToConnectAreThoseOfCommittedUnits() {
    topic.batch(update("e", 1), set(1, 10)).part(update("e", 2), 0, false, set(2, 20));

    deliver();

    assertThat(worker.committable()).isEqualTo(Map.of(PRICES, 1L));
    assertThat(List.copyOf(worker.partitions())).containsExactly(PRICES);
  }
}
