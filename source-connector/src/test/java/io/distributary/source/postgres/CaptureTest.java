package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Slice;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
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
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.sql("CREATE TABLE stores(code text PRIMARY KEY, city text)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void insertsUpdatesAndDeletesArrive() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1.5), (2, 2.5)");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]", "prices c[2, 2.5]");

    source.sql("UPDATE prices SET price = 9.5 WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices u[1, 9.5]");

    source.sql("DELETE FROM prices WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices d[1]");
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
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.UPDATE);
  }

  @Test
  void theRestOfATransactionIsAtHandOnceItsBeginningIsRead() throws Exception {
    source.changes();
    source.transaction(
        "INSERT INTO stores VALUES ('A', 'B')", "INSERT INTO prices VALUES (1, 1), (2, 2)");

    Slice first = source.next();
    Slice second = source.capture.atHand();

    assertThat(first.table().id().name()).isEqualTo("stores");
    assertThat(second.table().id().name()).isEqualTo("prices");
    assertThat(second.endOfTransaction()).isTrue();
    assertThat(source.capture.atHand()).isNull();
  }

  @Test
  void whatIsThereBeforeTheFirstStartArrivesAsASnapshot() throws Exception {
    source.stop();
    source.bookmark = null;
    source.dropSlot();
    source.sql("INSERT INTO prices SELECT i, i FROM generate_series(1, 2500) i");
    source.start();

    List<Slice> slices = source.slices();

    assertThat(slices)
        .extracting(s -> s.table() + " " + s.changes().size() + " " + s.endOfTable())
        .containsExactly(
            "public.prices[id, price] 1000 false",
            "public.prices[id, price] 1000 false",
            "public.prices[id, price] 500 true",
            "public.stores[code, city] 0 true");
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.SNAPSHOT);
    source.sql("UPDATE prices SET price = 0 WHERE id = 7");
    assertThat(source.changes()).containsExactly("prices u[7, 0.0]");
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
  void unitsComeInTheOrderOfTheirCommits() throws Exception {
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      source.sql("BEGIN", "INSERT INTO prices VALUES (1, 1)");
      statement.execute("INSERT INTO prices VALUES (2, 2)");
      source.sql("INSERT INTO prices VALUES (3, 3)", "COMMIT");
    }

    List<Slice> slices = source.slices();

    assertThat(SourceFixture.lines(slices))
        .containsExactly("prices c[2, 2.0]", "prices c[1, 1.0]", "prices c[3, 3.0]");
    assertThat(slices)
        .extracting(slice -> slice.header().position().lsn())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void aTruncationIsASnapshotWithoutRows() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)", "INSERT INTO stores VALUES ('A', 'B')");
    source.slices();

    source.transaction("INSERT INTO stores VALUES ('C', 'D')", "TRUNCATE prices");

    List<Slice> slices = source.slices();
    assertThat(SourceFixture.lines(slices)).containsExactly("stores c[C, D]", "prices empty");
    assertThat(slices.get(1).header().kind()).isEqualTo(UnitKind.SNAPSHOT);
    assertThat(slices.get(1).header().position()).isEqualTo(slices.get(0).header().position());
  }

  @Test
  void rowsWrittenAfterATruncationBelongToItsUnit() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)");
    source.slices();

    source.transaction(
        "INSERT INTO prices VALUES (3, 3)", "TRUNCATE prices", "INSERT INTO prices VALUES (4, 4)");

    List<Slice> slices = source.slices();
    assertThat(SourceFixture.lines(slices)).containsExactly("prices t[]", "prices c[4, 4.0]");
    assertThat(slices.get(0).header().kind()).isEqualTo(UnitKind.UPDATE);
  }

  @Test
  void inATopicForAllTablesATruncationIsAChange() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, true, Truncation.CHANGE);
    source.restart();
    source.sql("INSERT INTO prices VALUES (1, 1)", "TRUNCATE prices");
    assertThat(source.changes()).containsExactly("prices c[1, 1.0]", "prices t[]");
  }

  @Test
  void whereEveryRowIsAUnitATruncationIsRefused() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, false, Truncation.REFUSED);
    source.restart();
    source.sql("TRUNCATE prices");
    assertThatThrownBy(() -> source.slices())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("Table public.prices was truncated")
        .hasMessageContaining("table.exclude.list");
  }

  @Test
  void aChangedKeyIsADeleteAndACreate() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    source.sql("UPDATE prices SET id = 7");
    assertThat(source.changes()).containsExactly("prices d[1]", "prices c[7, 1.0]");
  }

  @Test
  void aLargeValueThatWasNotTouchedSaysSo() throws Exception {
    source.sql(
        "CREATE TABLE docs(id int PRIMARY KEY, title text, body text, data bytea, tags text[])",
        "ALTER TABLE docs ALTER body SET STORAGE EXTERNAL, ALTER data SET STORAGE EXTERNAL,"
            + " ALTER tags SET STORAGE EXTERNAL",
        "INSERT INTO docs VALUES (1, 'a', repeat('x', 9000), convert_to(repeat('y', 9000),"
            + " 'UTF8'), ARRAY[repeat('z', 9000)])");
    source.await(() -> source.capture.metrics().tables().containsKey("public.docs"));
    source.slices();

    source.sql("UPDATE docs SET title = 'b'");

    assertThat(source.changes())
        .containsExactly("docs u[1, b, (untouched), (untouched), (untouched)]");
    source.sql("ALTER TABLE docs REPLICA IDENTITY FULL", "UPDATE docs SET title = 'c'");
    assertThat(source.changes().toString()).contains("xxxxx").doesNotContain("untouched");
  }

  @Test
  void aRowThatGetsAnotherKeyTakesItsLargeValuesAlong() throws Exception {
    source.sql(
        "CREATE TABLE docs(name text, at timestamptz, body text, data bytea, PRIMARY KEY (name,"
            + " at))",
        "ALTER TABLE docs ALTER body SET STORAGE EXTERNAL, ALTER data SET STORAGE EXTERNAL",
        "INSERT INTO docs VALUES ('a', '2026-01-01 12:00:00.000001+00', repeat('x', 3000),"
            + " convert_to(repeat('y', 3000), 'UTF8'))");
    source.await(() -> source.capture.metrics().tables().containsKey("public.docs"));
    source.slices();

    source.sql("UPDATE docs SET name = 'b'");

    assertThat(source.changes())
        .containsExactly(
            "docs d[a, 2026-01-01T12:00:00.000001Z]",
            "docs c[b, 2026-01-01T12:00:00.000001Z, "
                + "x".repeat(3000)
                + ", x'"
                + "79".repeat(3000)
                + "']");
    source.transaction("UPDATE docs SET name = 'c'", "DELETE FROM docs");
    assertThat(source.changes())
        .containsExactly(
            "docs d[b, 2026-01-01T12:00:00.000001Z]", "docs d[c, 2026-01-01T12:00:00.000001Z]");
  }

  @Test
  void aSchemaThatChangesInTheMiddleOfATransactionGivesAnotherTable() throws Exception {
    source.transaction(
        "INSERT INTO prices VALUES (1, 1)",
        "ALTER TABLE prices ADD COLUMN currency text DEFAULT 'CHF'",
        "INSERT INTO prices VALUES (2, 2)",
        "INSERT INTO prices VALUES (3, 3, NULL)");

    List<Slice> slices = source.slices();

    assertThat(SourceFixture.lines(slices))
        .containsExactly("prices c[1, 1.0]", "prices c[2, 2.0, CHF]", "prices c[3, 3.0, null]");
    assertThat(slices).extracting(Slice::endOfTable).containsExactly(false, true);
    assertThat(slices).extracting(Slice::endOfTransaction).containsExactly(false, true);
    assertThat(slices.get(0).table()).isNotSameAs(slices.get(1).table());
  }

  @Test
  void theTableIsTheSameInstanceUntilItsShapeChanges() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    Slice before = source.slices().get(0);
    source.sql("CREATE TABLE other(a int PRIMARY KEY)", "UPDATE prices SET price = 2");
    source.slices();
    source.sql("UPDATE prices SET price = 3");
    Slice after = source.slices().get(0);
    assertThat(after.table().sameShape(before.table())).isTrue();
    assertThat(after.table().id())
        .isEqualTo(new TableId(source.settings.server().database(), "public", "prices"));
  }

  @Test
  void aTableCreatedLaterIsReadAndFollowed() throws Exception {
    source.sql("CREATE TABLE late(id int PRIMARY KEY)", "INSERT INTO late VALUES (1)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.late"));
    source.sql("INSERT INTO late VALUES (2)");
    source.slices();
    source.sql("INSERT INTO late VALUES (3)");
    assertThat(source.changes()).containsExactly("late c[3]");
  }

  @Test
  void namesThatNeedQuotingAreNoTrouble() throws Exception {
    source.sql(
        "CREATE SCHEMA \"Odd, schema\"",
        "CREATE TABLE \"Odd, schema\".\"we\"\"ird 'täble'\"(\"the key\" int PRIMARY KEY, \"a b\""
            + " text)",
        "INSERT INTO \"Odd, schema\".\"we\"\"ird 'täble'\" VALUES (1, 'x')");
    source.await(() -> source.capture.metrics().tables().size() == 4);
    source.slices();
    source.sql("UPDATE \"Odd, schema\".\"we\"\"ird 'täble'\" SET \"a b\" = 'y'");
    List<Slice> slices = source.slices();
    assertThat(SourceFixture.lines(slices)).containsExactly("we\"ird 'täble' u[1, y]");
    assertThat(slices.get(0).table().id().schema()).isEqualTo("Odd, schema");
  }

  @Test
  void partitionsAreRowsOfTheirTable() throws Exception {
    source.sql(
        "CREATE TABLE sales(id int, day int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE sales_2 PARTITION OF sales FOR VALUES FROM (10) TO (20)",
        "INSERT INTO sales VALUES (1, 1), (2, 12)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.sales"));
    source.slices();

    source.sql(
        "INSERT INTO sales VALUES (3, 3), (4, 14)", "UPDATE sales SET day = 15 WHERE id = 3");

    assertThat(source.changes())
        .containsExactly("sales c[3, 3]", "sales c[4, 14]", "sales d[3, 3]", "sales c[3, 15]");
    assertThat(source.capture.metrics().tables()).doesNotContainKey("public.sales_1");
  }

  @Test
  void generatedColumnsLookTheSameInSnapshotsAndInTheStream() throws Exception {
    source.sql(
        "CREATE TABLE boxes(id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
        "INSERT INTO boxes VALUES (1, 5)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.boxes"));
    source.capture.requestSnapshot("boxes");
    Slice snapshot =
        source.slices().stream()
            .filter(s -> s.table().id().name().equals("boxes"))
            .reduce((first, last) -> last)
            .orElseThrow();
    source.sql("UPDATE boxes SET a = 6");
    Slice update = source.slices().get(0);
    assertThat(SourceFixture.lines(List.of(update))).containsExactly("boxes u[1, 6]");
    assertThat(snapshot.table().sameShape(update.table())).isTrue();
  }

  @Test
  void anIntervalThatTheDriverCannotReadStopsTheTaskWithItsTableAndColumn() throws Exception {
    source.sql("CREATE TABLE spans(id int PRIMARY KEY, span interval)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.spans"));
    source.changes();
    source.sql("INSERT INTO spans VALUES (1, '2147483648:00:00')"); // hours, too many for an int

    assertThatThrownBy(() -> source.slices())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("An interval has more hours than PostgreSQL's driver reads")
        .hasMessageContaining("one of public.spans.span.")
        .hasNoCause();
  }

  @Test
  void aGeneratedKeyIsCapturedWhereTheServerLogsIt() throws Exception {
    source.sql(
        "CREATE TABLE codes(a int, k int GENERATED ALWAYS AS (a * 10) STORED PRIMARY KEY)",
        "INSERT INTO codes VALUES (1)");
    if (version() >= 180_000) {
      source.await(() -> source.capture.metrics().tables().containsKey("public.codes"));
      assertThat(source.changes()).containsExactly("codes r[1, 10]");
      source.sql("UPDATE codes SET a = 2", "DELETE FROM codes");
      assertThat(source.changes()).containsExactly("codes d[10]", "codes c[2, 20]", "codes d[20]");
    } else {
      source.settings = source.settings.tables(List.of("public.codes"), List.of());
      source.stop();
      assertThatThrownBy(() -> source.start())
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("Table public.codes has the generated column k in its key");
    }
  }

  private long version() throws Exception {
    return source.number("SELECT current_setting('server_version_num')::int");
  }

  @Test
  void virtualColumnsOfPostgresql18LookTheSameInSnapshotsAndInTheStream() throws Exception {
    assumeTrue(version() >= 180_000, "PostgreSQL 18 has them first");
    source.sql("CREATE TABLE boxes(id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2))");
    source.sql("INSERT INTO boxes VALUES (1, 5)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.boxes"));
    source.slices();
    source.capture.requestSnapshot("boxes");
    Slice snapshot = source.next();
    source.sql("UPDATE boxes SET a = 6");
    Slice update = source.next();
    assertThat(SourceFixture.lines(List.of(snapshot, update)))
        .containsExactly("boxes r[1, 5]", "boxes u[1, 6]");
    assertThat(snapshot.table().sameShape(update.table())).isTrue();
  }

  @Test
  void aTableWithoutAKeyIsLeftAloneSoThatItsUsersCanUpdateIt() throws Exception {
    source.sql("CREATE TABLE keyless(a int)", "INSERT INTO keyless VALUES (1)");
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.changes();
    source.sql("UPDATE keyless SET a = 2");
    assertThat(source.changes()).isEmpty();
    assertThat(source.capture.metrics().tables()).doesNotContainKey("public.keyless");
  }

  @Test
  void aTableWithoutAPrimaryKeyHasThatOfItsReplicaIdentity() throws Exception {
    source.sql(
        "CREATE TABLE coded(a int, code text NOT NULL UNIQUE)",
        "ALTER TABLE coded REPLICA IDENTITY USING INDEX coded_code_key",
        "CREATE TABLE whole(a int, code text NOT NULL UNIQUE)",
        "ALTER TABLE whole REPLICA IDENTITY FULL");
    source.await(() -> source.capture.metrics().tables().size() == 5);
    source.slices();
    source.sql(
        "INSERT INTO coded VALUES (1, 'x')",
        "DELETE FROM coded",
        "INSERT INTO whole VALUES (1, 'x')",
        "DELETE FROM whole");
    assertThat(source.changes())
        .containsExactly("coded c[1, x]", "coded d[x]", "whole c[1, x]", "whole d[x]");
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
  }

  @Test
  void aTransactionThatDoesNotFitIntoMemoryIsTheSame() throws Exception {
    source.sql(
        "CREATE TABLE docs(id int PRIMARY KEY, title text, body text, data bytea)",
        "ALTER TABLE docs ALTER body SET STORAGE EXTERNAL, ALTER data SET STORAGE EXTERNAL",
        "INSERT INTO docs VALUES (1, 'a', repeat('x', 9000), convert_to(repeat('y', 9000),"
            + " 'UTF8'))");
    source.await(() -> source.capture.metrics().tables().containsKey("public.docs"));
    source.slices();
    source.stop();
    String[] work = {
      "INSERT INTO prices VALUES (1, 1), (2, 'NaN')",
      "UPDATE docs SET title = 'b'",
      "INSERT INTO docs VALUES (2, NULL, '', '')",
      "DELETE FROM prices WHERE id = 1",
      "ALTER TABLE prices ADD COLUMN c text",
      "INSERT INTO prices VALUES (3, 3, 'c')",
      "INSERT INTO stores VALUES ('A', 'Aarau')",
      "TRUNCATE stores",
      "INSERT INTO stores VALUES ('B', 'Basel')"
    };
    Map<String, Object> before = source.bookmark;
    source.transaction(work);
    List<String> held = source.start().changes();
    source.stop();
    source.bookmark = before;
    source.settings = source.settings.holding(0, directory);

    List<String> spooled = source.start().changes();

    assertThat(spooled).isEqualTo(held).contains("docs u[1, b, (untouched), (untouched)]");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aRestartGoesOnAfterTheLastWholeTransaction() throws Exception {
    source.settings = source.settings.slices(2, 1_000_000);
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    source.restart();
    source.sql("INSERT INTO prices VALUES (2, 2), (3, 3), (4, 4)");
    assertThat(source.next().changes()).hasSize(2);

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
    assertThat(source.bookmark.keySet())
        .containsExactly(
            "epoch",
            "lsn",
            "before",
            "txId",
            "ts_us",
            "slot",
            "ready",
            "requested",
            "published",
            "partitions");
    assertThat(source.bookmark.values()).allMatch(v -> v instanceof String || v instanceof Long);
    assertThat(Bookmark.of(source.bookmark).toMap()).isEqualTo(source.bookmark);
  }

  @Test
  void theOldestTransactionThatWroteAndIsOpenIsToldOf() throws Exception {
    source.await(() -> source.capture.metrics().oldestTransactionMs() == 0);
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN");
      statement.execute("INSERT INTO prices VALUES (1, 1)");
      source.await(() -> source.capture.metrics().oldestTransactionMs() > 0);
      statement.execute("COMMIT");
    }
    source.await(() -> source.capture.metrics().oldestTransactionMs() == 0);
  }

  @Test
  void metricsTellStateAndPosition() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
    CaptureMetrics metrics = source.capture.metrics();
    assertThat(new TreeSet<>(metrics.tables().keySet()))
        .containsExactly("public.marks", "public.prices", "public.stores");
    assertThat(metrics.tables().values()).containsOnly(CaptureMetrics.READY);
    assertThat(metrics.lsn()).isEqualTo(source.bookmark.get("lsn"));
    assertThat(metrics.epoch()).isEqualTo(source.bookmark.get("epoch"));
  }
}
