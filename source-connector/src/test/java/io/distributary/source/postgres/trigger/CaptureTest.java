package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Slice;
import io.distributary.source.postgres.SnapshotMode;
import java.io.StringReader;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What a capture makes of transactions. */
class CaptureTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
    source.sql("CREATE TABLE prices(id integer PRIMARY KEY, price float8)");
    source.sql("CREATE TABLE stores(code text PRIMARY KEY, city text)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void insertsUpdatesAndDeletesArriveAsTheRowsAreNow() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1.5), (2, 2.5)");
    assertThat(source.changes()).containsExactlyInAnyOrder("prices c[1, 1.5]", "prices c[2, 2.5]");

    source.sql("UPDATE prices SET price = 9.5 WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices u[1, 9.5]");

    source.sql("DELETE FROM prices WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices d[1]");
    source.assertConverged();
  }

  @Test
  void aTransactionOverSeveralTablesIsOneUnit() throws Exception {
    source.transaction(
        "INSERT INTO stores VALUES ('B', 'Basel')",
        "INSERT INTO prices VALUES (1, 1.5)",
        "INSERT INTO stores VALUES ('A', 'Aarau')");

    List<Slice> slices = source.slices();

    assertThat(slices).extracting(s -> s.table().id().name()).containsExactly("prices", "stores");
    assertThat(slices).extracting(Slice::endOfTransaction).containsExactly(false, true);
    assertThat(slices)
        .extracting(s -> s.header().position())
        .containsOnly(slices.get(0).header().position());
  }

  @Test
  void aRolledBackTransactionIsNeverDistributed() throws Exception {
    source.sql("BEGIN", "INSERT INTO prices VALUES (1, 1.5)", "ROLLBACK");
    assertThat(source.changes()).isEmpty();

    source.sql(
        "BEGIN",
        "INSERT INTO prices VALUES (1, 1)",
        "SAVEPOINT s",
        "INSERT INTO prices VALUES (2, 2)",
        "ROLLBACK TO s",
        "COMMIT");
    assertThat(source.changes()).containsExactly("prices c[1, 1.0]");
  }

  @Test
  void anOpenTransactionIsNotSeenBeforeItsCommit() throws Exception {
    source.sql("BEGIN", "INSERT INTO prices VALUES (1, 1.5)");
    assertThat(source.changes()).isEmpty();
    source.sql("COMMIT");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]");
  }

  @Test
  void aKeyTouchedOftenArrivesOnceWithItsFinalState() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    for (int i = 0; i < 50; i++) {
      source.sql("UPDATE prices SET price = price + 1");
    }
    assertThat(source.changes()).containsExactly("prices c[1, 51.0]");
  }

  @Test
  void aRowThatCameAndWentArrivesAsADelete() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)", "DELETE FROM prices WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices d[1]", "prices c[2, 2.0]");
  }

  @Test
  void lsnsGrowWithEveryUnit() throws Exception {
    long last = source.capture.metrics().lsn();
    assertThat(last).isPositive();
    for (int i = 0; i < 5; i++) {
      source.sql(
          "INSERT INTO prices VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET price = prices.price + 1");
      long lsn = source.slices().get(0).header().position().lsn();
      assertThat(lsn).isGreaterThan(last);
      last = lsn;
    }
  }

  @Test
  void aTransactionThatEmptiesATableIsASnapshotWithoutRows() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)");
    source.slices();
    source.sql("DELETE FROM prices");
    assertThat(source.changes()).containsExactly("prices empty");
    source.assertConverged();
  }

  @Test
  void aTruncatedTableIsASnapshotWithoutRows() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)", "INSERT INTO stores VALUES ('A', 'B')");
    source.slices();
    source.sql("TRUNCATE prices, stores");
    assertThat(source.changes()).containsExactlyInAnyOrder("prices empty", "stores empty");
    source.assertConverged();
  }

  @Test
  void aTableTruncatedAndFilledAgainIsASnapshotOfWhatIsThere() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)");
    source.slices();
    source.transaction("TRUNCATE prices", "INSERT INTO prices VALUES (3, 3)");
    assertThat(source.changes()).containsExactly("prices r[3, 3.0]");
    source.assertConverged();
  }

  @Test
  void anEmptiedTableIsDeletesWhereEveryRowIsAUnit() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, false, false);
    source.restart();
    source.slices();
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2), (3, 3)");
    source.slices();

    source.sql("DELETE FROM prices WHERE id = 3", "TRUNCATE prices");

    assertThat(source.changes())
        .containsExactlyInAnyOrder("prices d[1]", "prices d[2]", "prices d[3]");
    source.transaction("INSERT INTO prices VALUES (4, 4)", "TRUNCATE prices");
    assertThat(source.changes()).containsExactly("prices d[4]");
  }

  @Test
  void upsertsAndMergesArriveAsTheirOutcome() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    source.sql(
        "INSERT INTO prices VALUES (1, 7), (2, 8)"
            + " ON CONFLICT(id) DO UPDATE SET price = excluded.price");
    source.sql("INSERT INTO prices VALUES (1, 0) ON CONFLICT DO NOTHING");
    assertThat(source.changes()).containsExactlyInAnyOrder("prices u[1, 7.0]", "prices c[2, 8.0]");

    source.sql(
        "MERGE INTO prices p USING (VALUES (1), (2), (3)) v(id) ON p.id = v.id"
            + " WHEN MATCHED AND p.id = 1 THEN DELETE"
            + " WHEN MATCHED THEN UPDATE SET price = 0"
            + " WHEN NOT MATCHED THEN INSERT VALUES (v.id, 3)");
    assertThat(source.changes())
        .containsExactlyInAnyOrder("prices d[1]", "prices u[2, 0.0]", "prices c[3, 3.0]");
    source.assertConverged();
  }

  @Test
  void foreignKeyCascadesReachTheChildren() throws Exception {
    source.sql(
        "CREATE TABLE parent(id integer PRIMARY KEY)",
        "CREATE TABLE child(id integer PRIMARY KEY,"
            + " p integer REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE,"
            + " q integer REFERENCES parent ON DELETE SET NULL ON UPDATE CASCADE)",
        "INSERT INTO parent VALUES (1), (2), (3)",
        "INSERT INTO child VALUES (1, 1, 2), (2, 2, 3), (3, 3, 3)");
    source.slices();

    source.transaction("DELETE FROM parent WHERE id = 1", "UPDATE parent SET id = 9 WHERE id = 2");

    assertThat(source.changes())
        .containsExactlyInAnyOrder(
            "parent d[1]", "parent d[2]", "parent c[9]", "child d[1]", "child u[2, 9, 3]");
    source.sql("DELETE FROM parent WHERE id = 3");
    source.changes();
    source.assertConverged();
  }

  @Test
  void whatTriggersOfTheUsersWriteArrivesToo() throws Exception {
    source.sql(
        "CREATE TABLE audit(id integer PRIMARY KEY, what text)",
        "CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " INSERT INTO audit VALUES (NEW.id, 'price ' || NEW.id);"
            + " NEW.price = least(NEW.price, 100); RETURN NEW; END $$",
        "CREATE TRIGGER audited BEFORE INSERT ON prices FOR EACH ROW EXECUTE FUNCTION audited()");
    source.slices();

    source.sql("INSERT INTO prices VALUES (1, 500)");

    assertThat(source.changes())
        .containsExactlyInAnyOrder("prices c[1, 100.0]", "audit c[1, price 1]");
  }

  @Test
  void viewsAreIgnoredAndWritesThroughThemArrive() throws Exception {
    source.sql(
        "CREATE VIEW cheap AS SELECT * FROM prices WHERE price < 2",
        "INSERT INTO cheap VALUES (1, 1.5)");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]");
  }

  @Test
  void copiedRowsArrive() throws Exception {
    source
        .writer
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("COPY prices FROM STDIN", new StringReader("1\t1.5\n2\t2.5\n"));
    assertThat(source.changes()).containsExactlyInAnyOrder("prices c[1, 1.5]", "prices c[2, 2.5]");
  }

  @Test
  void whatASessionOfTheReplicaRoleWritesArrives() throws Exception {
    source.sql(
        "SET session_replication_role = replica",
        "INSERT INTO prices VALUES (1, 1.5)",
        "RESET session_replication_role");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]");
  }

  @Test
  void aPollWaitsForTheNextCommit() throws Exception {
    Thread writer =
        new Thread(
            () -> {
              try (Connection other = source.connect()) {
                SourceFixture.sql(other, "INSERT INTO prices VALUES (1, 1.5)");
              } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    writer.start();
    assertThat(source.awaited().changes()).hasSize(1);
    writer.join();
    assertThat(source.capture.poll(Duration.ofMillis(30))).isNull();
  }

  @Test
  void largeTransactionsComeInSlicesThatSayWhereTheyEnd() throws Exception {
    source.settings = source.settings.slices(10, 1_000_000);
    source.restart();
    source.transaction(
        "INSERT INTO prices SELECT i, i FROM generate_series(1, 20) i",
        "INSERT INTO stores VALUES ('A', 'Aarau')");

    List<Slice> slices = source.slices();

    assertThat(slices).extracting(s -> s.changes().size()).containsExactly(10, 10, 1);
    assertThat(slices).extracting(Slice::endOfTable).containsExactly(false, true, true);
    assertThat(slices).extracting(Slice::endOfTransaction).containsExactly(false, false, true);
    source.assertConverged();
  }

  @Test
  void wideRowsMakeSlicesSmaller() throws Exception {
    source.settings = source.settings.slices(1000, 10_000);
    source.restart();
    source.sql(
        "INSERT INTO stores SELECT 'k' || i, repeat('x', 4000) FROM generate_series(1, 6) i");
    assertThat(source.slices()).extracting(s -> s.changes().size()).containsExactly(2, 2, 2);
  }

  @Test
  void theLogIsPrunedBehindWhatIsAcknowledgedOnly() throws Exception {
    source.sql("INSERT INTO prices SELECT i, i FROM generate_series(1, 100) i");
    source.slices();
    Map<String, Object> acknowledged = source.bookmark;
    source.sql("UPDATE prices SET price = 0 WHERE id <= 7");
    source.slices();
    source.capture.acknowledged(acknowledged);

    awaitLogRows("7");

    source.capture.acknowledged(source.bookmark);
    awaitLogRows("0");
    source.restart();
    source.sql("DELETE FROM prices WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices d[1]");
  }

  private void awaitLogRows(String rows) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!source
        .value("SELECT count(*) FROM distributary.distributary_log WHERE op <> 'm'")
        .equals(rows)) {
      assertThat(System.nanoTime()).as("rows in the log become " + rows).isLessThan(deadline);
      assertThat(source.capture.poll(Duration.ofMillis(5))).isNull();
    }
  }

  @Test
  void aCrashInsideATransactionReadsItWholeAgain() throws Exception {
    source.settings = source.settings.slices(10, 1_000_000);
    source.restart();
    source.sql("INSERT INTO prices SELECT i, i FROM generate_series(1, 25) i");
    Slice first = source.capture.poll(Duration.ofSeconds(20));
    assertThat(first.endOfTransaction()).isFalse();
    source.capture.poll(Duration.ofSeconds(20));

    source.restart();
    source.sql("INSERT INTO prices VALUES (26, 26)");

    List<Slice> again = source.slices();
    assertThat(again.stream().mapToInt(s -> s.changes().size()).sum()).isEqualTo(26);
    // It holds more than the one that was sent in part, so it must not be taken for that.
    assertThat(again.get(0).header().position().lsn())
        .isGreaterThan(first.header().position().lsn());
    assertThat(again.get(0).header().position().epoch())
        .isEqualTo(first.header().position().epoch());
  }

  @Test
  void metricsTellHowItGoes() throws Exception {
    source.sql("INSERT INTO prices SELECT i, i FROM generate_series(1, 10) i");
    source.slices();
    CaptureMetrics metrics = source.capture.metrics();
    assertThat(metrics.tables())
        .containsOnly(
            Map.entry("public.prices", CaptureMetrics.READY),
            Map.entry("public.stores", CaptureMetrics.READY));
    assertThat(metrics.lsn()).isEqualTo(source.bookmark.get("lsn"));
    assertThat(metrics.epoch()).isEqualTo(source.bookmark.get("epoch"));
    await("the log's depth", now -> now.logDepth() >= 10);
  }

  @Test
  void theOldestTransactionThatWroteToACapturedTableAndIsOpenIsToldOf() throws Exception {
    source.sql("CREATE TABLE keyless(id integer)");
    assertThat(source.capture.metrics().oldestTransactionMs()).isZero();
    try (Connection unrelated = source.connect();
        Connection writer = source.connect()) {
      SourceFixture.sql(unrelated, "BEGIN", "INSERT INTO keyless VALUES (1)");
      SourceFixture.sql(writer, "BEGIN", "INSERT INTO prices VALUES (1, 1)");
      await("an open transaction", metrics -> metrics.oldestTransactionMs() > 0);

      SourceFixture.sql(writer, "COMMIT");

      await("the end of it", metrics -> metrics.oldestTransactionMs() == 0);
    }
  }

  private void await(String what, Predicate<CaptureMetrics> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.test(source.capture.metrics())) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      source.capture.poll(Duration.ofMillis(5));
    }
  }

  @Test
  void anOffsetOfAnotherKindIsRefused() {
    assertThatThrownBy(() -> TriggerCapture.checkBookmark(Map.of("lsn", 5L)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("'snapshot'")
        .hasMessageContaining("Reset the connector's offsets");
    assertThatThrownBy(
            () -> TriggerCapture.checkBookmark(Map.of("epoch", "e", "snapshot", "nonsense")))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("pg_snapshot");
  }
}
