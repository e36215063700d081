package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.source.capture.Slice;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that do not commit in the order in which they began to write. */
class CommitOrderTest {
  private SourceFixture source;
  private Connection early;
  private Connection late;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
    source.sql("CREATE TABLE t(id integer PRIMARY KEY, v text)");
    source.start().slices();
    early = source.connect();
    late = source.connect();
  }

  @AfterEach
  void close() throws Exception {
    early.close();
    late.close();
    source.close();
  }

  @Test
  void aTransactionThatBeganFirstAndCommitsLastIsNotSkipped() throws Exception {
    SourceFixture.sql(early, "BEGIN", "INSERT INTO t VALUES (1, 'early')");
    SourceFixture.sql(late, "BEGIN", "INSERT INTO t VALUES (2, 'late')", "COMMIT");
    assertThat(source.changes()).containsExactly("t c[2, late]");

    SourceFixture.sql(early, "COMMIT");

    assertThat(source.changes()).containsExactly("t c[1, early]");
    assertThat(source.changes()).isEmpty();
  }

  @Test
  void nothingIsReadTwiceWhileALongTransactionIsOpen() throws Exception {
    SourceFixture.sql(early, "BEGIN", "INSERT INTO t VALUES (1, 'early')");
    for (int i = 2; i < 7; i++) {
      SourceFixture.sql(late, "INSERT INTO t VALUES (" + i + ", 'late')");
      assertThat(source.changes()).containsExactly("t c[" + i + ", late]");
    }
    SourceFixture.sql(early, "COMMIT");
    assertThat(source.changes()).containsExactly("t c[1, early]");
  }

  @Test
  void itIsNotSkippedAfterARestartEither() throws Exception {
    SourceFixture.sql(early, "BEGIN", "INSERT INTO t VALUES (1, 'early')");
    SourceFixture.sql(late, "INSERT INTO t VALUES (2, 'late')");
    source.slices();
    source.stop();
    SourceFixture.sql(early, "INSERT INTO t VALUES (3, 'early')", "COMMIT");
    source.start();
    assertThat(source.changes()).containsExactlyInAnyOrder("t c[1, early]", "t c[3, early]");
  }

  @Test
  void itIsNotSkippedWhenTheLogWasPrunedInBetween() throws Exception {
    SourceFixture.sql(early, "BEGIN", "INSERT INTO t VALUES (1, 'early')");
    SourceFixture.sql(late, "INSERT INTO t VALUES (2, 'late')");
    source.slices();
    source.capture.acknowledged(source.bookmark);
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!"0"
        .equals(
            source.value(
                "SELECT count(*) FROM distributary.distributary_log" + " WHERE op = 'c'"))) {
      assertThat(System.nanoTime()).as("the log is pruned").isLessThan(deadline);
      source.slices();
    }
    SourceFixture.sql(early, "COMMIT");
    assertThat(source.changes()).containsExactly("t c[1, early]");
  }

  @Test
  void lsnsGrowAlsoWhenAnEarlierTransactionCommitsLast() throws Exception {
    SourceFixture.sql(early, "BEGIN", "INSERT INTO t VALUES (1, 'early')");
    SourceFixture.sql(late, "INSERT INTO t VALUES (2, 'late')");
    List<Slice> first = source.slices();
    SourceFixture.sql(early, "COMMIT");
    List<Slice> second = source.slices();
    assertThat(second.get(0).header().position().lsn())
        .isGreaterThan(first.get(0).header().position().lsn());
  }

  @Test
  void aRowThatTwoTransactionsTouchArrivesAsTheLastLeftIt() throws Exception {
    source.sql("INSERT INTO t VALUES (1, 'old'), (2, 'old')");
    source.slices();
    SourceFixture.sql(early, "BEGIN", "UPDATE t SET v = 'early' WHERE id = 1");
    SourceFixture.sql(late, "BEGIN", "UPDATE t SET v = 'late' WHERE id = 2", "COMMIT");
    assertThat(source.changes()).containsExactly("t u[2, late]");
    SourceFixture.sql(early, "UPDATE t SET v = 'early' WHERE id = 2", "COMMIT");
    assertThat(source.changes()).containsExactlyInAnyOrder("t u[1, early]", "t u[2, early]");
  }

  @Test
  void aSnapshotAndALateCommitMakeTheWholeTable() throws Exception {
    SourceFixture.sql(early, "BEGIN", "INSERT INTO t VALUES (1, 'early')");
    SourceFixture.sql(late, "INSERT INTO t VALUES (2, 'late')");
    source.capture.requestSnapshot("t");
    assertThat(source.changes()).containsExactly("t r[2, late]");
    SourceFixture.sql(early, "COMMIT");
    assertThat(source.changes()).containsExactly("t c[1, early]");
    source.assertConverged();
  }

  @Test
  void aPreparedTransactionArrivesWhenItIsCommitted() throws Exception {
    // max_prepared_transactions is 0 unless a server is told otherwise.
    try (var server =
            io.distributary.it.postgres.PostgresServer.start(
                18, java.util.Map.of("max_prepared_transactions", "5"));
        SourceFixture other = new SourceFixture(server.createDatabase())) {
      other.sql("CREATE TABLE t(id integer PRIMARY KEY, v text)");
      other.start().slices();
      other.sql("BEGIN", "INSERT INTO t VALUES (1, 'two-phase')", "PREPARE TRANSACTION 'p'");
      other.sql("INSERT INTO t VALUES (2, 'plain')");
      assertThat(other.changes()).containsExactly("t c[2, plain]");
      other.restart();
      other.sql("COMMIT PREPARED 'p'");
      assertThat(other.changes()).containsExactly("t c[1, two-phase]");
    }
  }
}
