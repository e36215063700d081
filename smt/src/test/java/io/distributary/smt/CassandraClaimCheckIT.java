package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimException;
import io.distributary.core.claim.ClaimReader;
import io.distributary.core.claim.ClaimStore;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Cassandra;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** Deposit and redeem on a real Cassandra, also while it is killed. */
class CassandraClaimCheckIT extends ClaimCheckContract {
  private static final int PARTS = 40;
  private static final int CHUNK_ROWS = 1000;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final Units prices = Units.of("killed");

  @Override
  Map<String, String> store() {
    return TestCassandra.config();
  }

  @Test
  void aNodeKilledDuringADepositCostsNothing() {
    Cassandra node = TestCassandra.node();
    try (ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>();
        ClaimStore store = TestCassandra.store(TestCassandra.config())) {
      deposit.configure(TestCassandra.config());
      List<SourceRecord> records = prices.unit(7, parts());

      SourceRecord last = null;
      for (int part = 0; part < PARTS; part++) {
        if (part == PARTS / 2) {
          node.kill();
        }
        SourceRecord record = records.get(part);
        last = untilReachable(node, () -> deposit.apply(record));
      }

      assertThat(read(store, claim(last))).isEqualTo(prices.rows(PARTS * CHUNK_ROWS));
    }
  }

  @Test
  void aNodeKilledDuringAReadCostsAnotherRead() {
    Cassandra node = TestCassandra.node();
    try (ClaimStore store = TestCassandra.store(TestCassandra.config())) {
      Claim claim = deposited(TestCassandra.config(), 8);
      assertThatThrownBy(
              () -> {
                try (ClaimReader reader = ClaimReader.open(store, claim)) {
                  for (int i = 0; i < 2 * CHUNK_ROWS; i++) {
                    reader.nextRow();
                  }
                  node.kill();
                  reader.forEachRemaining(row -> {});
                }
              })
          .isInstanceOf(RetriableException.class);

      assertThat(untilReachable(node, () -> read(store, claim)))
          .isEqualTo(prices.rows(PARTS * CHUNK_ROWS));
    }
  }

  @Test
  void aClaimOfWhichPartHasExpiredIsNeverReadToItsEnd() {
    try (ClaimStore store = TestCassandra.store(TestCassandra.config())) {
      Claim claim = deposited(TestCassandra.config(), 9);
      store.delete(claim.id(), PARTS / 2, Instant.now());
      List<Struct> rows = new ArrayList<>();

      assertThatThrownBy(
              () -> {
                try (ClaimReader reader = ClaimReader.open(store, claim)) {
                  reader.forEachRemaining(row -> rows.add((Struct) row));
                }
              })
          .isInstanceOf(ClaimException.class)
          .hasMessageContaining("expired or was removed");
      assertThat(rows).hasSizeLessThan(PARTS * CHUNK_ROWS);
    }
  }

  /**
   * What Connect does with errors.retry.timeout=-1; the node comes back after the first failure.
   */
  private static <T> T untilReachable(Cassandra node, Supplier<T> work) {
    AtomicReference<T> result = new AtomicReference<>();
    Await.until(
        "answer of the restarted node",
        LIMIT,
        () -> {
          try {
            result.set(work.get());
            return true;
          } catch (RetriableException e) {
            if (!node.alive()) {
              node.start();
              node.awaitReady();
            }
            return false;
          }
        });
    return result.get();
  }

  private Claim deposited(Map<String, String> config, long lsn) {
    try (ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>()) {
      deposit.configure(config);
      SourceRecord last = null;
      for (SourceRecord record : prices.unit(lsn, parts())) {
        last = deposit.apply(record);
      }
      return claim(last);
    }
  }

  private static int[] parts() {
    int[] parts = new int[PARTS];
    Arrays.fill(parts, CHUNK_ROWS);
    return parts;
  }

  private static List<Struct> read(ClaimStore store, Claim claim) {
    List<Struct> rows = new ArrayList<>();
    try (ClaimReader reader = ClaimReader.open(store, claim)) {
      reader.forEachRemaining(row -> rows.add((Struct) row));
    }
    return rows;
  }
}
