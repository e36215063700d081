package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.part;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only SQLite has: files, locks, and how it checks foreign keys. */
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
