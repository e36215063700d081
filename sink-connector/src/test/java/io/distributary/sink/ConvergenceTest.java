package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.unit.WithoutHistory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** What must hold for every history, however it is cut into calls and whatever fails between. */
class ConvergenceTest {

  @Property(tries = 1000)
  void everyCommitShowsAStateOfTheSourceAndTheLastShowsTheLast(@ForAll long seed) {
    Random random = new Random(seed);
    RandomSource source = new RandomSource(random, "shop.prices", 12);
    FakeDatabase database = new FakeDatabase();
    FakeWorker worker = new FakeWorker(database).with(settings());

    deliver(random, worker, database, source.records());

    int at = 0;
    for (Map<String, Map<Long, Object>> state : database.states()) {
      List<Map<Long, Object>> left = source.states().subList(at, source.states().size());
      assertThat(left).contains(state.get("prices"));
      at += left.indexOf(state.get("prices"));
    }
    assertThat(database.rows("prices")).isEqualTo(source.last());
  }

  @Property(tries = 500)
  void severalPartitionsConvergeBesideEachOther(@ForAll long seed) {
    Random random = new Random(seed);
    FakeDatabase database = new FakeDatabase();
    FakeWorker worker = new FakeWorker(database).with(settings());
    Map<Long, Object> expected = new TreeMap<>();
    RandomSource first = new RandomSource(random, "shop.prices", 8);
    RandomSource second = new RandomSource(random, "shop.stores", 8);
    expected.putAll(first.last());

    worker.holds(renamed(second.records()));
    deliver(random, worker, database, first.records());

    assertThat(database.rows("prices")).isEqualTo(expected);
    assertThat(database.rows("stores")).isEqualTo(second.last());
  }

  @Property(tries = 500)
  void aRewoundSinkComesToTheSameEnd(@ForAll long seed) {
    Random random = new Random(seed);
    RandomSource source = new RandomSource(random, "shop.prices", 10);
    FakeDatabase database = new FakeDatabase();
    FakeWorker worker = new FakeWorker(database).with(settings());
    deliver(random, worker, database, source.records());

    TopicPartition partition = new TopicPartition("shop.prices", 0);
    Checkpoint reached = database.checkpoint(partition);
    database.setCheckpoint(partition, Checkpoint.rewoundTo(random.nextInt((int) reached.offset())));
    deliver(random, worker, database, source.records());

    assertThat(database.rows("prices")).isEqualTo(source.last());
    assertThat(database.checkpoint(partition)).isEqualTo(reached);
  }

  @Property(tries = 1000)
  void aTopicThatIsCompactedAllTheWhileComesToTheSameEnd(@ForAll long seed) {
    Random random = new Random(seed);
    RandomSource source = new RandomSource(random, "shop.prices", 12, true, false);
    FakeDatabase database = new FakeDatabase();
    FakeWorker worker =
        new FakeWorker(database).with(settings()).withoutHistory(WithoutHistory.CONTINUE);
    worker.passes(Duration.ofHours(1)); // the records are of the past
    TopicPartition partition = new TopicPartition("shop.prices", 0);

    int there = 0;
    while (there < source.records().size()) {
      int more = Math.min(source.records().size(), there + 1 + random.nextInt(10));
      worker.holds(source.records().subList(there, more));
      there = more;
      if (there > 1 && random.nextInt(3) == 0) { // the active segment is never compacted
        worker.compacts(partition, source.records().get(random.nextInt(there - 1)).kafkaOffset());
      }
      if (random.nextInt(3) == 0) {
        worker.start();
      }
      for (int polls = random.nextInt(4); worker.started() && polls > 0; polls--) {
        worker.poll(1 + random.nextInt(5));
      }
    }
    worker.start().drain(1 + random.nextInt(7));

    assertThat(database.rows("prices")).isEqualTo(source.last());
  }

  private static Settings settings() {
    return new Settings(
        Duration.ofSeconds(60),
        1_000,
        Duration.ofMillis(1),
        WithoutHistory.SNAPSHOT,
        ClaimExpired.FAIL,
        false);
  }

  /** The same records, of a table of another name. */
  private static List<SinkRecord> renamed(List<SinkRecord> records) {
    return records.stream().map(ConvergenceTest::renamed).toList();
  }

  private static SinkRecord renamed(SinkRecord record) {
    if (record.value() != null) {
      var value = (Struct) record.value();
      value.getStruct("source").put("table", "stores");
    }
    return record;
  }

  /** Appends and polls at random, with failures, crashes and time in between. */
  private static void deliver(
      Random random, FakeWorker worker, FakeDatabase database, List<SinkRecord> records) {
    int there = 1 + random.nextInt(records.size());
    worker.holds(records.subList(0, there)).start();
    while (there < records.size()) {
      switch (random.nextInt(12)) {
        case 0 -> worker.start();
        case 1 -> database.failNext(1 + random.nextInt(3));
        case 2 -> worker.passes(Duration.ofSeconds(60));
        case 3, 4, 5 -> {
          there = Math.min(records.size(), there + 1 + random.nextInt(8));
          worker.holds(records.subList(0, there));
        }
        default -> {
          worker.passes(Duration.ofMillis(random.nextInt(3)));
          worker.poll(1 + random.nextInt(7));
        }
      }
    }
    database.failNext(0);
    for (int i = 0; i < 4; i++) {
      worker.passes(Duration.ofMinutes(2)).drain(1 + random.nextInt(7));
    }
  }
}
