package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Slice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a capture makes of transactions. */
class CaptureTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, "WAL");
    source.sql("CREATE TABLE prices(id INTEGER PRIMARY KEY, price REAL)");
    source.sql("CREATE TABLE stores(code TEXT PRIMARY KEY NOT NULL, city TEXT)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void insertsUpdatesAndDeletesArriveAsTheRowsAreNow() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1.5), (2, 2.5)");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]", "prices c[2, 2.5]");

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

    assertThat(slices).extracting(s -> s.table().id().name()).containsExactly("stores", "prices");
    assertThat(slices).extracting(Slice::endOfTransaction).containsExactly(false, true);
    assertThat(slices).extracting(Slice::endOfTable).containsExactly(true, true);
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
      source.sql("INSERT OR REPLACE INTO prices VALUES (1, " + i + ")");
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
  void anEmptiedTableIsDeletesWhereEveryRowIsAUnit() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, false, false);
    source.restart();
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)");
    source.slices();

    source.sql("DELETE FROM prices");

    assertThat(source.changes()).containsExactly("prices d[1]", "prices d[2]");
  }

  @Test
  void upsertsArriveAsTheirOutcome() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    source.sql(
        "INSERT INTO prices VALUES (1, 7), (2, 8)"
            + " ON CONFLICT(id) DO UPDATE SET price = excluded.price");
    source.sql("INSERT INTO prices VALUES (1, 0) ON CONFLICT DO NOTHING");
    source.sql("INSERT OR IGNORE INTO prices VALUES (2, 0)");
    assertThat(source.changes()).containsExactly("prices u[1, 7.0]", "prices c[2, 8.0]");
  }

  @Test
  void foreignKeyCascadesReachTheChildren() throws Exception {
    source.sql(
        "PRAGMA foreign_keys = ON",
        "CREATE TABLE parent(id INTEGER PRIMARY KEY)",
        "CREATE TABLE child(id INTEGER PRIMARY KEY, p INT REFERENCES parent ON DELETE CASCADE ON"
            + " UPDATE CASCADE, q INT REFERENCES parent ON DELETE SET NULL)",
        "INSERT INTO parent VALUES (1), (2), (3)",
        "INSERT INTO child VALUES (1, 1, 2), (2, 2, 3), (3, 3, 3)");
    source.slices();

    source.transaction("DELETE FROM parent WHERE id = 1", "UPDATE parent SET id = 9 WHERE id = 2");
    source.changes();
    source.assertConverged();

    source.sql("INSERT OR REPLACE INTO parent VALUES (3)");
    source.changes();
    source.assertConverged();
    assertThat(source.replica.rows("child")).hasSize(1);
  }

  @Test
  void whatTriggersOfTheUsersWriteArrivesToo() throws Exception {
    source.sql(
        "CREATE TABLE audit(id INTEGER PRIMARY KEY, what TEXT)",
        "CREATE TRIGGER audited AFTER UPDATE ON prices BEGIN"
            + " INSERT INTO audit(what) VALUES ('price ' || NEW.id); END",
        "CREATE TRIGGER capped AFTER INSERT ON prices WHEN NEW.price > 100 BEGIN"
            + " UPDATE prices SET price = 100 WHERE id = NEW.id; END");
    source.slices();

    source.sql("INSERT INTO prices VALUES (1, 500)");

    assertThat(source.changes())
        .containsExactlyInAnyOrder("prices c[1, 100.0]", "audit c[1, price 1]");
  }

  @Test
  void viewsAreIgnoredAndWritesThroughThemArrive() throws Exception {
    source.sql(
        "CREATE VIEW cheap AS SELECT * FROM prices WHERE price < 2",
        "CREATE TRIGGER through INSTEAD OF INSERT ON cheap BEGIN"
            + " INSERT INTO prices VALUES (NEW.id, NEW.price); END",
        "INSERT INTO cheap VALUES (1, 1.5)");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]");
  }

  @Test
  void theShellInAnotherProcessIsAnOrdinaryWriter() throws Exception {
    source.shell(
        "BEGIN; INSERT INTO prices VALUES (1, 1.5); INSERT INTO stores VALUES ('Z', 'Zug');"
            + " COMMIT; UPDATE prices SET price = 2;");
    assertThat(source.changes()).containsExactly("prices c[1, 2.0]", "stores c[Z, Zug]");
    source.assertConverged();
  }

  @Test
  void aPollWaitsForTheNextCommit() throws Exception {
    Thread writer =
        new Thread(
            () -> {
              try (Connection other = source.connect();
                  Statement statement = other.createStatement()) {
                statement.execute("INSERT INTO prices VALUES (1, 1.5)");
              } catch (SQLException e) {
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
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
            + " INSERT INTO prices SELECT i, i FROM n",
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
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6)"
            + " INSERT INTO stores SELECT i, printf('%.*c', iif(i = 3, 50000, 4000), 'x') FROM n");
    assertThat(source.slices()).extracting(s -> s.changes().size()).containsExactly(2, 1, 2, 1);
  }

  @Test
  void aRestartGoesOnAfterTheLastWholeTransaction() throws Exception {
    source.settings = source.settings.slices(2, 1_000_000);
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    source.restart();
    source.sql("INSERT INTO prices VALUES (2, 2), (3, 3), (4, 4)");
    assertThat(source.capture.poll(Duration.ZERO).changes()).hasSize(2);

    source.restart();

    assertThat(source.changes())
        .containsExactly("prices c[2, 2.0]", "prices c[3, 3.0]", "prices c[4, 4.0]");
    source.restart();
    assertThat(source.changes()).isEmpty();
  }

  @Test
  void bookmarksHoldOnlyWhatOffsetsMayHold() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    assertThat(source.bookmark.keySet()).containsExactly("epoch", "lsn", "nonce", "ready");
    assertThat(source.bookmark.values()).allMatch(v -> v instanceof String || v instanceof Long);
    assertThat(source.bookmark.get("ready")).isEqualTo("[\"prices\",\"stores\"]");
  }

  @Test
  void theTableIsTheSameInstanceUntilItsShapeChanges() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    Slice before = source.slices().get(0);
    source.sql("CREATE TABLE other(a)", "UPDATE prices SET price = 2");
    Slice after =
        source.slices().stream()
            .filter(s -> s.table().id().name().equals("prices"))
            .findFirst()
            .get();
    assertThat(after.table()).isSameAs(before.table());
    assertThat(after.table().id().database()).isEqualTo("source.db");
  }

  @Test
  void theLogIsPrunedBehindWhatIsAcknowledged() throws Exception {
    for (int i = 0; i < 30; i++) {
      source.sql("INSERT INTO prices VALUES (NULL, 1)");
    }
    source.slices();
    long lsn = (Long) source.bookmark.get("lsn");
    source.sql("INSERT INTO prices VALUES (NULL, 1)", "INSERT INTO prices VALUES (NULL, 1)");
    source.slices();
    var acknowledged = new java.util.HashMap<>(source.bookmark);
    acknowledged.put("lsn", lsn);

    source.capture.acknowledged(acknowledged);

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (((Number) source.value("SELECT min(version) FROM distributary_log")).longValue() < lsn) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      source.capture.poll(Duration.ofMillis(20));
    }
    assertThat(source.value("SELECT count(*) FROM distributary_log")).isEqualTo(3);
    assertThat(source.capture.metrics().logDepth()).isEqualTo(3);
    source.restart();
    assertThat(source.changes()).isEmpty();
  }

  @Test
  void theLastLogRowIsNeverPruned() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    source.capture.acknowledged(source.bookmark);
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while ((Integer) source.value("SELECT count(*) FROM distributary_log") > 1) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      source.capture.poll(Duration.ofMillis(20));
    }
    source.restart();
    assertThat(source.changes()).isEmpty();
    assertThat(source.value("SELECT max(version) FROM distributary_log"))
        .isEqualTo(((Long) source.bookmark.get("lsn")).intValue());
  }

  @Test
  void aMissingFileIsRefusedAndNeverCreated() {
    Path missing = directory.resolve("missing.db");
    assertThatThrownBy(() -> SqliteCapture.open(SqliteCaptureSettings.of(missing), null))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("There is no database file")
        .hasMessageContaining("missing.db");
    assertThat(missing).doesNotExist();
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws Exception {
    Path text =
        Files.writeString(directory.resolve("text.db"), "no database, just text".repeat(99));
    assertThatThrownBy(() -> SqliteCapture.open(SqliteCaptureSettings.of(text), null))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("text.db");
  }

  @Test
  void metricsTellStateAndDepth() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    CaptureMetrics metrics = source.capture.metrics();
    assertThat(new TreeSet<>(metrics.tables().keySet())).containsExactly("prices", "stores");
    assertThat(metrics.tables().values()).containsOnly(CaptureMetrics.READY);
    assertThat(metrics.lsn()).isEqualTo(source.bookmark.get("lsn"));
    assertThat(metrics.epoch()).isEqualTo(source.bookmark.get("epoch"));
    assertThat(metrics.logDepth()).isPositive();
  }
}
