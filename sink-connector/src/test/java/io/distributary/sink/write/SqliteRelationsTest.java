package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.relation.Table;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relations of every make that SQLite has, with all that can hang on one. */
class SqliteRelationsTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;

  @TempDir Path directory;
  private TargetFixture fixture;
  private Settings settings;

  @BeforeEach
  void settings() {
    fixture = new TargetFixture("jdbc:sqlite:" + directory.resolve("replica.db"));
    settings = fixture.settings;
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

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
}
