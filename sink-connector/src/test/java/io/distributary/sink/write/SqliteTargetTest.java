package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.part;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only SQLite has: files, locks, and all that can hang on a table there. */
class SqliteTargetTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;

  @TempDir Path directory;
  private Path file;
  private TargetFixture fixture;
  private Settings settings;

  @BeforeEach
  void settings() {
    file = directory.resolve("replica.db");
    fixture = new TargetFixture("jdbc:sqlite:" + file);
    settings = fixture.settings;
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  // Files and connections

  @Test
  void aFileThatWeCreateIsInWriteAheadMode() throws SQLException {
    fixture.open();
    assertThat(fixture.database().value("PRAGMA journal_mode")).isEqualTo("wal");
  }

  @Test
  void anExistingFileKeepsItsJournalMode() throws SQLException {
    fixture.database("CREATE TABLE own (a)");
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(fixture.database().value("PRAGMA journal_mode")).isEqualTo("delete");
  }

  @Test
  void theUrlGoesBeforeWhatIsSetHere() throws SQLException {
    settings.url += "?journal_mode=TRUNCATE";
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(fixture.database().value("PRAGMA journal_mode")).isEqualTo("delete");
    assertThat(new File(file + "-wal")).doesNotExist();
  }

  @Test
  void aMissingDirectoryIsNamed() {
    settings.url = "jdbc:sqlite:" + directory.resolve("no/such/replica.db");
    assertKind(
        fixture::open, WriteException.Kind.FATAL, "no/such does not exist", "connection.url");
    assertThat(Targets.check(settings.done()))
        .extracting(Problem::setting)
        .containsExactly("connection.url");
  }

  @Test
  void checkingCreatesNoFile() {
    assertThat(Targets.check(settings.done())).isEmpty();
    assertThat(file).doesNotExist();
  }

  @Test
  void aFileThatIsNoDatabaseIsAProblemOfTheUrl() throws Exception {
    Files.writeString(
        file, "this is no database, but it is long enough to look like one? ".repeat(9));
    assertThat(Targets.check(settings.done()))
        .extracting(Problem::setting)
        .containsExactly("connection.url");
    assertKind(fixture::open, WriteException.Kind.FATAL, "not a database");
  }

  @Test
  void aUrlOfAnotherDatabaseIsAProblem() {
    assertThat(Targets.checkUrl("jdbc:oracle:x").setting()).isEqualTo("connection.url");
    assertThat(Targets.checkUrl("jdbc:sqlite:x.db")).isNull();
  }

  @Test
  void aDatabaseLockedByAnotherIsTriedAgain() throws SQLException {
    settings.url += "?busy_timeout=10";
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    Database other = fixture.database("BEGIN IMMEDIATE");
    Part part = update(ITEMS, up(2L, "b", 2.0));

    assertKind(() -> target.apply(part), WriteException.Kind.TRANSIENT, "items", "locked");

    other.execute("ROLLBACK");
    target.apply(part);
    target.commit(at(1));
    assertThat(other.rows(ALL)).hasSize(2);
  }

  @Test
  void aCommitThatAReaderBlocksCanBeTriedAgain() throws SQLException {
    settings.url += "?busy_timeout=10";
    fixture.database("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)");
    Target target = fixture.open();
    target.apply(update(ITEMS, up(1L, "a", 1.0)));
    Database other = fixture.database("BEGIN");
    assertThat(other.rows(ALL)).isEmpty();

    assertKind(() -> target.commit(at(1)), WriteException.Kind.TRANSIENT, "locked");

    other.execute("ROLLBACK");
    target.commit(at(1));
    target.commit(at(2));
    assertThat(other.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void aFullDiskIsTriedAgainAndLosesNothing() throws SQLException {
    settings.url += "?max_page_count=40";
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    Part small = update(ITEMS, up(2L, "b", 2.0));
    target.apply(small);
    io.distributary.core.record.Change[] big = new io.distributary.core.record.Change[2000];
    java.util.Arrays.setAll(big, i -> up(100L + i, "x".repeat(200), 0.0));

    assertKind(
        () -> target.apply(update(ITEMS, big)), WriteException.Kind.TRANSIENT, "items", "full");

    target.rollback();
    target.apply(small);
    target.commit(at(1));
    assertThat(fixture.database().rows(ALL)).containsExactly("1|a|1.0", "2|b|2.0");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void aReaderNeverSeesAPartOfAUnitOrSnapshot(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)));
    Database reader = fixture.database();
    List<String> before = reader.rows(ALL);
    target.apply(part(UnitKind.UPDATE, ITEMS, 2, 0, false, up(1L, "x", 1.0)));
    assertThat(reader.rows(ALL)).isEqualTo(before);
    target.apply(part(UnitKind.UPDATE, ITEMS, 2, 1, true, up(2L, "x", 2.0)));
    assertThat(reader.rows(ALL)).isEqualTo(before);
    target.commit(at(2));
    assertThat(reader.rows(ALL)).containsExactly("1|x|1.0", "2|x|2.0");
    target.apply(snapshot(ITEMS, 0, false, row(7L, "y", 7.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|x|1.0", "2|x|2.0");
    target.apply(snapshot(ITEMS, 1, true, row(8L, "y", 8.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|x|1.0", "2|x|2.0");
    target.commit(at(3));
    assertThat(reader.rows(ALL)).containsExactly("7|y|7.0", "8|y|8.0");
  }

  // All that hangs on a table

  @Test
  void aSwapKeepsAllThatHangsOnTheTable() throws SQLException {
    Database reader =
        fixture.database(
            "CREATE TABLE log (what)",
            "CREATE TABLE \"the items\" (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                + " name TEXT NOT NULL DEFAULT 'none' COLLATE NOCASE,"
                + " price REAL CHECK (price >= 0),"
                + " parent INTEGER REFERENCES \"the items\"(id),"
                + " label AS (name || '!') STORED,"
                + " UNIQUE (name, price))",
            "CREATE INDEX by_price ON \"the items\"(price DESC) WHERE price > 1",
            "CREATE UNIQUE INDEX by_lower ON \"the items\"(lower(name), price)",
            "CREATE TRIGGER noted AFTER UPDATE ON \"the items\""
                + " BEGIN INSERT INTO log VALUES (new.name); END",
            "CREATE VIEW cheap AS SELECT id, name FROM \"the items\" WHERE price < 10",
            "CREATE TRIGGER elsewhere AFTER INSERT ON log"
                + " BEGIN UPDATE \"the items\" SET price = 0 WHERE false; END",
            "INSERT INTO \"the items\"(id, name, price) VALUES (90, 'gone', 5)",
            "ANALYZE");
    List<String> schema = schema(reader);
    Table items = table("the items", "*id INTEGER", "name TEXT", "price REAL", "parent INTEGER");

    fixture.having(snapshot(items, row(1L, "pen", 1.5, null), row(2L, "ink", 20.0, 1L)));

    assertThat(schema(reader)).isEqualTo(schema);
    assertThat(reader.rows("SELECT * FROM cheap")).containsExactly("1|pen");
    assertThat(reader.rows("SELECT id, label FROM \"the items\" ORDER BY id"))
        .containsExactly("1|pen!", "2|ink!");
    assertThat(reader.value("SELECT seq FROM sqlite_sequence WHERE name = 'the items'"))
        .isEqualTo("90");
    assertThat(reader.value("SELECT count(*) > 0 FROM sqlite_stat1 WHERE tbl = 'the items'"))
        .isEqualTo("1");
    reader.execute("UPDATE \"the items\" SET price = 3 WHERE id = 1");
    assertThat(reader.rows("SELECT * FROM log")).containsExactly("pen");
    assertThat(reader.value("PRAGMA integrity_check")).isEqualTo("ok");
    assertThatThrownBy(() -> reader.execute("UPDATE \"the items\" SET price = -1"))
        .hasMessageContaining("CHECK");
  }

  private static List<String> schema(Database database) throws SQLException {
    return database.rows(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema"
            + " WHERE name NOT LIKE 'distributary%' AND name NOT LIKE 'sqlite_autoindex_dist%'"
            + " ORDER BY type, name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE items (id INT PRIMARY KEY, name TEXT, price REAL) STRICT, WITHOUT ROWID",
        "CREATE TABLE [items](id INTEGER PRIMARY KEY, name ANY, price REAL) STRICT",
        "CREATE TABLE 'items' (id INTEGER PRIMARY KEY, name, price)",
        "CREATE TABLE `items`(id INTEGER NOT NULL UNIQUE, name TEXT, price REAL)",
        "create table if not exists main.items\n( -- why\n id INTEGER PRIMARY KEY, name, price)"
      })
  void tablesOfEveryMakeAreSwappedMergedAndUpserted(String ddl) throws SQLException {
    for (SnapshotMode mode : SnapshotMode.values()) {
      settings.snapshots = mode;
      Database reader = fixture.database("DROP TABLE IF EXISTS items", ddl);
      fixture.having(
          update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)), update(ITEMS, gone(1L, null, null)));
      fixture.having(snapshot(ITEMS, row(2L, "c", 2.0), row(3L, "d", 3.0)));
      fixture.having(update(ITEMS, up(3L, "e", 3.0)));
      assertThat(reader.rows(ALL)).containsExactly("2|c|2.0", "3|e|3.0");
    }
  }

  @Test
  void aTableInNeedOfQuotesIsSwapped() throws SQLException {
    for (String name : List.of("a\"b", "größe", "select", "a]b", "a.b c")) {
      Table odd = table(name, "*id INTEGER", "x TEXT");
      fixture.having(update(odd, up(1L, "a")));
      fixture.having(snapshot(odd, row(2L, "b")));
      fixture.having(snapshot(odd, row(3L, "c")));
      assertThat(fixture.database().rows("SELECT * FROM \"" + name.replace("\"", "\"\"") + "\""))
          .containsExactly("3|c");
    }
  }

  @Test
  void aTableWithoutAPrimaryKeyIsWrittenByItsRowid() throws SQLException {
    Database reader = fixture.database("CREATE TABLE notes (text TEXT)");
    Table notes = table("notes", "*rowid INTEGER", "text TEXT");
    fixture.having(
        update(notes, up(5L, "a"), up(6L, "b"), up(7L, "c")),
        update(notes, up(5L, "d"), gone(6L, null)));
    assertThat(reader.rows("SELECT rowid, text FROM notes")).containsExactly("5|d", "7|c");
    for (SnapshotMode mode : SnapshotMode.values()) {
      settings.snapshots = mode;
      fixture.having(snapshot(notes, row(7L, mode.name()), row(9L, "z")));
      assertThat(reader.rows("SELECT rowid, text FROM notes")).containsExactly("7|" + mode, "9|z");
    }
  }

  @Test
  void aViewIsRefused() throws SQLException {
    fixture.database("CREATE VIEW items AS SELECT 1 AS id, 2 AS name, 3 AS price");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(update(ITEMS, up(1L, "a", 1.0))),
        WriteException.Kind.FATAL,
        "items is a view");
    settings.routes.add(new Route("items", "items", Map.of()));
    assertThat(Targets.check(settings.done()))
        .extracting(Problem::setting)
        .containsExactly("table.mapping");
  }

  @Test
  void generatedColumnsAreNeverWritten() throws SQLException {
    Database reader =
        fixture.database(
            "CREATE TABLE items" + " (id INTEGER PRIMARY KEY, name AS ('n' || id), price REAL)");
    fixture.having(update(ITEMS, up(1L, "ignored", 1.0)), snapshot(ITEMS, row(2L, "ignored", 2.0)));
    assertThat(reader.rows(ALL)).containsExactly("2|n2|2.0");
  }

  @Test
  void aSnapshotThatBreaksTheTargetsOwnIndexStopsWithItsName() throws SQLException {
    Database reader =
        fixture.database(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
            "CREATE UNIQUE INDEX by_name ON items(name)",
            "INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(snapshot(ITEMS, row(2L, "b", 1.0), row(3L, "b", 1.0))),
        WriteException.Kind.FATAL,
        "items",
        "items.name");
    target.rollback();
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void aRelationThatIsCapturedByTriggersIsMergedSoThatTheCaptureSeesIt() throws SQLException {
    Database reader =
        fixture.database(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
            "INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2)",
            "CREATE TABLE seen (id)",
            "CREATE TRIGGER distributary_items_d AFTER DELETE ON items"
                + " BEGIN INSERT INTO seen VALUES (old.id); END");
    fixture.having(snapshot(ITEMS, row(2L, "b", 2.0)));
    assertThat(reader.rows("SELECT * FROM seen")).containsExactly("1");
  }

  // Foreign keys

  private static final Table PARENTS = table("parents", "*id INTEGER", "name TEXT");
  private static final Table CHILDREN = table("children", "*id INTEGER", "parent INTEGER");

  private Database family() throws SQLException {
    settings.url += "?foreign_keys=on";
    return fixture.database(
        "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
        "CREATE TABLE children (id INTEGER PRIMARY KEY,"
            + " parent INTEGER NOT NULL REFERENCES parents(id) ON DELETE CASCADE)");
  }

  @Test
  void childrenMayComeBeforeTheirParentsInATransaction() throws SQLException {
    Database reader = family();
    fixture.having(update(CHILDREN, up(1L, 10L)), update(PARENTS, up(10L, "p")));
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("1|10");
  }

  @Test
  void aTransactionThatBreaksAForeignKeyIsRefusedWhole() throws SQLException {
    Database reader = family();
    Target target = fixture.open();
    target.apply(update(CHILDREN, up(1L, 10L)));
    assertKind(() -> target.commit(at(1)), WriteException.Kind.FATAL, "foreign key");
    assertThat(reader.rows("SELECT * FROM children")).isEmpty();
    target.apply(update(PARENTS, up(10L, "p")));
    target.apply(update(CHILDREN, up(1L, 10L)));
    target.commit(at(1));
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("1|10");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void snapshotsOfChildrenAndParentsMayComeInAnyOrder(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    Database reader = family();
    Target target = fixture.having(snapshot(CHILDREN, row(1L, 10L), row(2L, 20L)));
    target.apply(snapshot(PARENTS, row(10L, "p"), row(20L, "q")));
    target.commit(at(1));
    target.apply(snapshot(PARENTS, row(20L, "r"), row(10L, "p")));
    target.commit(at(2));
    assertThat(reader.rows("SELECT * FROM parents ORDER BY id")).containsExactly("10|p", "20|r");
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("1|10", "2|20");
    assertThat(reader.rows("PRAGMA foreign_key_check")).isEmpty();
  }

  @Test
  void aSnapshotAmongChangesIsTriedAgainWithoutEnforcement() throws SQLException {
    Database reader = family();
    Target target = fixture.open();
    Part changes = update(PARENTS, up(1L, "a"));
    Part children = snapshot(CHILDREN, row(1L, 10L));
    target.apply(changes);
    target.apply(children);
    assertKind(() -> target.commit(at(1)), WriteException.Kind.TRANSIENT, "FOREIGN KEY");
    target.rollback();
    target.apply(changes);
    target.apply(children);
    target.commit(at(1));
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("1|10");
  }

  @Test
  void exchangingUniqueValuesNeverCascades() throws SQLException {
    Database reader = family();
    Target target =
        fixture.having(update(PARENTS, up(1L, "a"), up(2L, "b")), update(CHILDREN, up(1L, 1L)));
    assertKind(
        () -> target.apply(update(PARENTS, up(1L, "b"), up(2L, "a"))),
        WriteException.Kind.DATA,
        "parents.name");
    target.rollback();
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("1|1");
  }

  @Test
  void otherTablesGoOnReferringToASwappedOne() throws SQLException {
    Database reader =
        fixture.database(
            "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents)",
            "INSERT INTO parents VALUES (1, 'a')",
            "INSERT INTO children VALUES (1, 1)");
    String sql = "SELECT sql FROM sqlite_schema WHERE name = 'children'";
    String before = reader.value(sql);
    fixture.having(snapshot(PARENTS, row(1L, "b")));
    assertThat(reader.value(sql)).isEqualTo(before);
    assertThat(reader.rows("PRAGMA foreign_key_check")).isEmpty();
  }

  // Size

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void aSnapshotOfManyPartsArrivesWhole(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    fixture.having(update(ITEMS, up(-1L, "gone", 0.0), up(5L, "other", 0.0)));
    Target target = fixture.open();
    for (int p = 0; p < 50; p++) {
      Object[][] rows = new Object[1000][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = row(p * 1000L + i, "item " + i, i / 2.0);
      }
      target.apply(snapshot(ITEMS, p, p == 49, rows));
    }
    target.commit(at(1));
    assertThat(fixture.database().value("SELECT count(*), min(id), max(id), sum(id) FROM items"))
        .isEqualTo("50000|0|49999|1249975000");
  }

  @Test
  void aTableOfVeryManyColumnsIsWritten() throws SQLException {
    String[] columns = new String[1500];
    columns[0] = "*c0 INTEGER";
    for (int i = 1; i < columns.length; i++) {
      columns[i] = "c" + i + " INTEGER";
    }
    Table wide = table("wide", columns);
    List<io.distributary.core.record.Change> changes = new ArrayList<>();
    for (long r = 0; r < 100; r++) {
      Object[] row = new Object[columns.length];
      java.util.Arrays.fill(row, r);
      changes.add(up(row));
    }
    fixture.having(update(wide, changes.toArray(io.distributary.core.record.Change[]::new)));
    assertThat(fixture.database().value("SELECT count(*), sum(c1499) FROM wide"))
        .isEqualTo("100|4950");
  }
}
