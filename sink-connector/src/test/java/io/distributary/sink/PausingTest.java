package io.distributary.sink;

import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** While a unit is open, nothing else is. */
class PausingTest {
  private static final TopicPartition A = new TopicPartition("shop.a", 0);
  private static final TopicPartition B = new TopicPartition("shop.b", 0);

  private final FakeDatabase database = new FakeDatabase();
  private final FakeWorker worker = new FakeWorker(database);
  private final SourceTopic a = new SourceTopic("shop.a");
  private final SourceTopic b = new SourceTopic("shop.b");

  private Map<Long, Object> prices() {
    return database.rows("prices");
  }

  @Test
  void otherPartitionsWaitForTheEndOfAnOpenUnitButWholeUnitsGoFirst() {
    a.part(update("a", 1), 0, false, set(1, 10));
    b.batch(update("b", 1), set(2, 20));
    worker.holds(a.records()).holds(b.records()).start().poll(9);

    assertThat(prices()).isEqualTo(Map.of(2L, 20L));
    assertThat(worker.paused()).containsExactly(B);

    b.batch(update("b", 2), set(3, 30));
    worker.holds(b.records()).poll(9);
    assertThat(prices()).isEqualTo(Map.of(2L, 20L));

    a.part(update("a", 1), 1, true, set(4, 40));
    worker.holds(a.records()).drain();
    assertThat(worker.paused()).isEmpty();
    assertThat(prices()).hasSize(4);
  }

  @Test
  void twoUnitsAreNeverOpenAtOnce() {
    a.part(update("a", 1), 0, false, set(1, 10)).part(update("a", 1), 1, true, set(2, 20));
    b.part(update("b", 1), 0, false, set(3, 30)).part(update("b", 1), 1, true, set(4, 40));

    worker.holds(a.records()).holds(b.records()).start().drain(1);

    assertThat(prices()).hasSize(4);
    assertThat(database.states().get(0).get("prices")).hasSize(2);
    assertThat(database.states()).hasSize(2);
  }

  @Test
  void aBusyPartitionDoesNotStarveTheOthers() {
    for (int lsn = 1; lsn <= 40; lsn++) {
      a.rows(update("a", lsn), set(lsn, 1), set(100 + lsn, 1), set(200 + lsn, 1));
    }
    b.rows(update("b", 1), set(1000, 1), set(1001, 1), set(1002, 1));
    worker.holds(a.records()).holds(b.records()).start();

    int calls = 0;
    while (!prices().containsKey(1002L)) {
      worker.poll(2);
      calls++;
    }

    assertThat(calls).isLessThan(10);
  }

  @Test
  void aUnitWithoutFurtherPartsIsRolledBackAndReadAgain() {
    a.part(update("a", 1), 0, false, set(1, 10));
    b.batch(update("b", 1), set(2, 20)).batch(update("b", 2), set(3, 30));
    worker.holds(a.records()).holds(b.records().subList(0, 1)).start().poll(9);
    assertThat(worker.wantedTimeout()).isEqualTo(60_000);

    worker.holds(b.records()).passes(Duration.ofSeconds(60)).poll(9);
    worker.poll(9);
    assertThat(prices()).hasSize(2);
    assertThat(worker.paused()).containsExactly(A);

    a.part(update("a", 1), 1, true, set(4, 40));
    worker.holds(a.records()).passes(Duration.ofSeconds(60)).drain();
    worker.drain();
    assertThat(prices()).hasSize(4);
  }

  @Test
  void losingThePartitionOfAnOpenUnitRollsItBack() {
    a.part(update("a", 1), 0, false, set(1, 10));
    b.batch(update("b", 1), set(2, 20));
    worker.holds(a.records()).holds(b.records()).start().poll(9);

    worker.delivery().close(List.of(A));
    worker.poll(9);

    assertThat(worker.paused()).isEmpty();
    assertThat(database.checkpoint(A)).isNull();
  }

  @Test
  void aUnitLargerThanAnyPollGoesThroughBesideOthers() {
    for (int part = 0; part < 20; part++) {
      a.part(update("a", 1), part, part == 19, set(part, 1));
      b.batch(update("b", part + 1), set(100 + part, 1));
    }

    worker.holds(a.records()).holds(b.records()).start().drain(3);

    assertThat(prices()).hasSize(40);
  }
}
