package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.Slice;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that change, come and go while they are captured, or while nobody watches. */
class SchemaChangesTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, "WAL");
    source.sql(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
        "CREATE TABLE steady(id INTEGER PRIMARY KEY)",
        "INSERT INTO steady VALUES (1)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private static List<String> kinds(List<Slice> slices) {
    return slices.stream()
        .map(s -> s.table().id().name() + " " + s.header().kind().code())
        .toList();
  }

  @Test
  void aColumnAppendedWithoutDefaultNeedsNoSnapshot() throws Exception {
    source.sql("ALTER TABLE t ADD COLUMN w INT");
    assertThat(source.changes()).isEmpty();
    source.sql("INSERT INTO t VALUES (3, 'c', 7)");
    assertThat(source.changes()).containsExactly("t c[3, c, 7]");
  }

  @Test
  void aColumnAppendedInTheTransactionThatFillsItNeedsNoSnapshot() throws Exception {
    source.transaction("ALTER TABLE t ADD COLUMN w", "UPDATE t SET w = id WHERE id = 2");
    assertThat(source.changes()).containsExactly("t u[2, b, 2]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t ADD COLUMN w INT DEFAULT 5",
        "ALTER TABLE t ADD COLUMN w INT NOT NULL DEFAULT 5",
        "ALTER TABLE t ADD COLUMN w AS (id * 2)",
        "ALTER TABLE t RENAME COLUMN v TO w",
        "ALTER TABLE t RENAME COLUMN id TO key",
        "ALTER TABLE t DROP COLUMN v",
        "DROP TRIGGER distributary_update_t",
      })
  void otherChangesOfATableBringASnapshotOfItAlone(String ddl) throws Exception {
    source.sql(ddl, "INSERT INTO steady VALUES (2)");
    assertThat(kinds(source.slices())).containsExactly("steady update", "t snapshot");
    source.assertConverged();
    source.sql("DELETE FROM t WHERE rowid = 1");
    assertThat(kinds(source.slices())).containsExactly("t update");
    source.assertConverged();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t ADD COLUMN w INT DEFAULT 5",
        "ALTER TABLE t DROP COLUMN v",
        "DROP TRIGGER distributary_insert_t; INSERT INTO t VALUES (9, 'z')",
      })
  void theyAreNoticedWhenTheyHappenedWhileNobodyWatched(String ddl) throws Exception {
    source.stop();
    source.sql(ddl.split("; "));
    source.start();
    assertThat(kinds(source.slices())).containsExactly("t snapshot");
    source.assertConverged();
  }

  @Test
  void aSnapshotThatACrashInterruptedIsMadeAfterTheRestart() throws Exception {
    source.sql("ALTER TABLE t ADD COLUMN w INT DEFAULT 5");
    // This look installs the triggers anew; the capture ends before its slice is taken.
    source.capture.poll(java.time.Duration.ZERO);
    source.restart();
    assertThat(kinds(source.slices())).containsExactly("t snapshot");
    source.assertConverged();
  }

  @Test
  void aTableRebuiltInTheRecommendedWayBringsASnapshot() throws Exception {
    source.transaction(
        "CREATE TABLE new_t(v TEXT PRIMARY KEY, id INT) WITHOUT ROWID",
        "INSERT INTO new_t SELECT v, id FROM t",
        "DROP TABLE t",
        "ALTER TABLE new_t RENAME TO t",
        "INSERT INTO t VALUES ('n', 9)");
    assertThat(kinds(source.slices())).containsExactly("t snapshot");
    source.assertConverged();
    source.sql("DELETE FROM t WHERE v = 'a'");
    assertThat(source.changes()).containsExactly("t d[a]");
  }

  @Test
  void aTableCreatedWhileRunningIsSnapshottedAndThenFollowed() throws Exception {
    source.sql(
        "CREATE TABLE later(id INTEGER PRIMARY KEY, v)", "INSERT INTO later VALUES (1, 'x')");
    assertThat(source.changes()).containsExactly("later r[1, x]");
    source.sql("INSERT INTO later VALUES (2, 'y')");
    assertThat(source.changes()).containsExactly("later c[2, y]");
  }

  @Test
  void aDroppedTableIsSilentAndStartsAnewWhenItComesBack() throws Exception {
    source.sql("UPDATE t SET v = 'last'", "DROP TABLE t", "INSERT INTO steady VALUES (2)");
    assertThat(source.changes()).containsExactly("steady c[2]");
    source.sql("CREATE TABLE t(other TEXT PRIMARY KEY)", "INSERT INTO t VALUES ('x')");
    assertThat(source.changes()).containsExactly("t r[x]");
  }

  @Test
  void aDroppedAndRecreatedTableStartsAnewAlsoBetweenTwoLooks() throws Exception {
    source.sql("DROP TABLE t", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    source.sql("INSERT INTO t VALUES (5, 'e')");
    assertThat(source.changes()).containsExactly("t r[5, e]");
  }

  @Test
  void aRenamedTableIsANewOne() throws Exception {
    source.sql("ALTER TABLE t RENAME TO u", "INSERT INTO u VALUES (3, 'c')");
    assertThat(source.changes()).containsExactly("u r[1, a]", "u r[2, b]", "u r[3, c]");
    source.sql("DELETE FROM u WHERE id = 1");
    assertThat(source.changes()).containsExactly("u d[1]");
    assertThat(
            source.value(
                "SELECT count(*) FROM sqlite_master WHERE name LIKE 'distributary%^_t' ESCAPE '^'"))
        .isEqualTo(0);
  }

  @Test
  void aUniqueIndexCreatedLaterGetsItsVictimsLogged() throws Exception {
    source.sql("CREATE UNIQUE INDEX v ON t(v)");
    source.slices();
    source.sql("INSERT OR REPLACE INTO t VALUES (3, 'a')");
    assertThat(source.changes()).containsExactly("t d[1]", "t c[3, a]");
  }

  @Test
  void victimsOfAUniqueIndexThatWasJustCreatedAreNotForgotten() throws Exception {
    source.sql("CREATE UNIQUE INDEX v ON t(v)", "INSERT OR REPLACE INTO t VALUES (3, 'a')");
    source.slices();
    source.assertConverged();
  }

  @Test
  void vacuumWhileRunningChangesNothingForTablesWithAKey() throws Exception {
    source.sql("DELETE FROM t WHERE id = 1", "VACUUM", "INSERT INTO t VALUES (3, 'c')");
    assertThat(source.changes()).containsExactly("t d[1]", "t c[3, c]");
    source.assertConverged();
  }

  @Test
  void vacuumMayMoveRowidsSoTablesKeyedByThemAreReadAnew() throws Exception {
    source.sql("CREATE TABLE notes(v)", "INSERT INTO notes VALUES ('a'), ('b'), ('c')");
    source.slices();
    source.sql(
        "DELETE FROM notes WHERE v = 'a'", "VACUUM", "UPDATE notes SET v = 'd' WHERE v = 'c'");
    assertThat(kinds(source.slices())).containsExactly("notes snapshot");
    source.assertConverged();

    source.stop();
    source.sql("DELETE FROM notes WHERE v = 'b'", "VACUUM");
    source.start();
    assertThat(kinds(source.slices())).containsExactly("notes snapshot");
    source.assertConverged();
    source.restart();
    assertThat(source.slices()).isEmpty();
  }

  @Test
  void virtualAndShadowTablesAreSkippedUnlessAskedForByName() throws Exception {
    source.sql("CREATE VIRTUAL TABLE found USING fts5(text)", "INSERT INTO found VALUES ('x')");
    assertThat(source.changes()).isEmpty();
    source.settings = source.settings.tables(List.of("found"), List.of());
    assertThatThrownBy(source::restart)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("table.include.list: found is a virtual table");
    source.settings = source.settings.tables(List.of("found_data"), List.of());
    assertThatThrownBy(source::restart)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("found_data is part of a virtual table");
  }

  @Test
  void aTableAddedToTheConfigurationIsSnapshottedAndOneRemovedForgotten() throws Exception {
    source.settings = source.settings.tables(List.of("steady"), List.of());
    source.restart();
    source.sql("INSERT INTO t VALUES (3, 'c')", "INSERT INTO steady VALUES (2)");
    assertThat(source.changes()).containsExactly("steady c[2]");
    source.settings = source.settings.tables(List.of("T", "stea.*"), List.of());
    source.restart();
    source.sql("INSERT INTO steady VALUES (3)");
    List<Slice> slices = source.slices();
    assertThat(kinds(slices)).containsExactly("steady update", "t snapshot");
    assertThat(slices.get(1).header().kind()).isEqualTo(UnitKind.SNAPSHOT);
    source.assertConverged();
  }

  @Test
  void ourOwnTablesAreNeverCaptured() throws Exception {
    source.settings = source.settings.tables(List.of(".*"), List.of("steady"));
    source.restart();
    source.slices();
    assertThat(source.capture.metrics().tables().keySet()).containsExactly("t");
  }
}
