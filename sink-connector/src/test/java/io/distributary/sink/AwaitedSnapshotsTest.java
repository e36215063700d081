package io.distributary.sink;

import static io.distributary.sink.SourceTopic.read;
import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.snapshot;
import static io.distributary.sink.SourceTopic.update;
import static org.apache.kafka.connect.data.Schema.INT64_SCHEMA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.sink.unit.WithoutHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is lost is asked for, waited for, and repaired. */
class AwaitedSnapshotsTest {
  private static final TopicPartition PRICES = new TopicPartition("shop.prices", 0);

  private final FakeDatabase database = new FakeDatabase();
  private final SourceTopic topic = new SourceTopic("shop.prices");
  private final FakeWorker worker = new FakeWorker(database).claims(this::store).signals(0);
  @TempDir private Path directory;

  private ClaimStore store() {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    return ClaimStores.open(
        new AbstractConfig(definition, Map.of("file.directory", directory.toString()), false), "");
  }

  /** The topic's records, with some standing for claims that are gone. */
  private List<SinkRecord> without(SourceTopic of, int... lost) {
    List<SinkRecord> records = new ArrayList<>(of.records());
    for (int offset : lost) {
      Claim claim = new Claim("file", "gone-" + offset, 3, 2_500, 70_000, 7);
      records.set(offset, Deposit.claimed(records.get(offset), claim));
    }
    return records;
  }

  private Map<Long, Object> prices() {
    return database.rows("prices");
  }

  @Test
  void aSnapshotTakesThePlaceOfAnExpiredClaim() {
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(1, 20), set(2, 20));
    topic.batch(update("e", 3), set(3, 30));
    worker.holds(without(topic, 1)).start().drain();

    assertThat(worker.asked()).containsExactly("shop/prices");
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
    assertThat(database.checkpoint(PRICES).offset()).isZero();
    assertThat(worker.metrics().getTableStates()).containsEntry("prices", "waiting_for_snapshot");

    topic.batch(snapshot("e", 3), read(1, 20), read(2, 20), read(3, 30));
    topic.batch(update("e", 4), set(4, 40));
    worker.holds(topic.last(2)).drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 20L, 2L, 20L, 3L, 30L, 4L, 40L));
    assertThat(worker.asked()).hasSize(1);
    assertThat(worker.metrics().getTableStates()).doesNotContainValue("waiting_for_snapshot");
  }

  @Test
  void recordsOfOthersAfterTheClaimAreAppliedWhereHistoryMayLack() {
    Schema key = SchemaBuilder.struct().field("id", INT64_SCHEMA);
    Schema row = SchemaBuilder.struct().field("id", INT64_SCHEMA).field("price", INT64_SCHEMA);
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(2, 20));
    topic.add(
        key, new Struct(key).put("id", 3L), row, new Struct(row).put("id", 3L).put("price", 30L));
    worker.withoutHistory(WithoutHistory.CONTINUE).holds(without(topic, 1)).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 3L, 30L));
    assertThat(database.checkpoint(PRICES).offset()).isEqualTo(2);
  }

  @Test
  void whatCameBeforeTheClaimIsCommitted() {
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(2, 20));
    topic.batch(update("e", 3), set(3, 30));
    worker.holds(without(topic, 2)).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    assertThat(database.checkpoint(PRICES).offset()).isEqualTo(1);
  }

  @Test
  void aRestartWaitsOnAndAsksAgain() {
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(1, 20));
    worker.holds(without(topic, 1)).start().drain();
    worker.start().drain();

    assertThat(worker.asked()).containsExactly("shop/prices", "shop/prices");
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
  }

  @Test
  void aSnapshotThatIsThereAlreadyIsNotAskedFor() {
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(1, 20));
    topic.batch(snapshot("e", 2), read(1, 20)).batch(update("e", 3), set(3, 30));
    worker.holds(without(topic, 1)).start().drain(1);

    assertThat(worker.asked()).isEmpty();
    assertThat(prices()).isEqualTo(Map.of(1L, 20L, 3L, 30L));
  }

  @Test
  void amidEndlessChangesItIsAskedForAllTheSame() {
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(1, 20));
    for (int lsn = 3; lsn < 10; lsn++) {
      topic.batch(update("e", lsn), set(lsn, lsn));
    }
    worker.holds(without(topic, 1)).start();
    for (int i = 0; i < 4; i++) {
      worker.poll(1);
    }
    assertThat(worker.asked()).isEmpty();
    worker.passes(Duration.ofSeconds(11)).poll(1);
    assertThat(worker.asked()).containsExactly("shop/prices");
  }

  @Test
  void aSnapshotThatIsLostTooIsAskedForOnceMoreAndThenTheTaskStops() {
    topic.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(1, 20));
    worker.holds(without(topic, 1)).start().drain();
    topic.batch(snapshot("e", 2), read(1, 20));
    worker.holds(without(topic, 1, 2)).drain();
    assertThat(worker.asked()).hasSize(2);

    topic.batch(snapshot("e", 2), read(1, 20));
    worker.holds(without(topic, 1, 2, 3));
    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("gone-3");
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
  }

  @Test
  void ofATopicWithSeveralTablesAllAreAskedFor() {
    SourceTopic all = new SourceTopic("shop");
    all.batch(snapshot("e", 1), read(1, 10)).batch(update("e", 2), set(1, 20));
    worker.holds(without(all, 1)).start().drain();

    assertThat(worker.asked()).containsExactly("shop/*");
  }

  @Test
  void aNewSinkWithoutHistoryAsksForIt() {
    topic.gap(5).batch(update("e", 2), set(1, 20)).batch(update("e", 3), set(3, 30));
    worker.holds(topic.records()).start().drain();
    assertThat(worker.asked()).containsExactly("shop/prices");
    assertThat(database.states()).isEmpty();

    topic.batch(snapshot("e", 3), read(1, 20), read(3, 30));
    worker.holds(topic.records()).drain();
    assertThat(prices()).isEqualTo(Map.of(1L, 20L, 3L, 30L));
  }

  @Test
  void aSignalTopicThatIsAwayIsTriedAgain() {
    topic.gap(5).batch(update("e", 2), set(1, 20));
    worker.signals(1).holds(topic.records()).start().drain();
    assertThat(worker.asked()).isEmpty();
    assertThat(worker.wantedTimeout()).isPositive();

    worker.passes(Duration.ofSeconds(6)).poll(1);
    assertThat(worker.asked()).containsExactly("shop/prices");
  }
}
