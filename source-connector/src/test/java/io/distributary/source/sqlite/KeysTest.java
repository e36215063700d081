package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How rows are told apart, and which of them REPLACE removes. */
class KeysTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, "WAL");
    // Small transactions must not be mistaken for emptied tables in these tests.
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, false, false);
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private void table(String... statements) throws Exception {
    source.sql(statements);
    source.start().slices();
  }

  @Test
  void aChangedKeyIsADeleteAndAnUpsert() throws Exception {
    table("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a')");
    source.sql("UPDATE t SET id = 2");
    assertThat(source.changes()).containsExactly("t d[1]", "t c[2, a]");
    source.sql("UPDATE t SET rowid = 3");
    assertThat(source.changes()).containsExactly("t d[2]", "t c[3, a]");
  }

  @Test
  void rowsReplacedOnAnotherUniqueIndexAreDeleted() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE, a INT, b INT, UNIQUE(a, b))",
        "INSERT INTO t VALUES (1, 'x', 1, 1), (2, 'y', 2, 2), (3, 'z', 3, 3)");

    source.sql("INSERT OR REPLACE INTO t VALUES (4, 'x', 2, 2)");

    assertThat(source.changes()).containsExactly("t d[1]", "t d[2]", "t c[4, x, 2, 2]");
    source.assertConverged();
  }

  @Test
  void rowsReplacedByAnUpdateAreDeleted() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE)",
        "INSERT INTO t VALUES (1, 'x'), (2, 'y')");
    source.sql("UPDATE OR REPLACE t SET u = 'x' WHERE id = 2");
    assertThat(source.changes()).containsExactly("t d[1]", "t u[2, x]");
  }

  @Test
  void aRowThatKeepsItsUniqueValueIsNoVictim() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE, v)",
        "INSERT INTO t VALUES (1, 'x', 1)");
    source.sql("UPDATE t SET u = 'x', v = 2");
    assertThat(source.changes()).containsExactly("t u[1, x, 2]");
    assertThat(source.value("SELECT group_concat(op) FROM distributary_log WHERE k1 IS NOT NULL"))
        .isEqualTo("u");
  }

  @Test
  void victimsOfConstraintsThatReplaceByThemselvesAreDeleted() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE ON CONFLICT REPLACE)",
        "INSERT INTO t VALUES (1, 'x')");
    source.sql("INSERT INTO t VALUES (2, 'x')");
    assertThat(source.changes()).containsExactly("t d[1]", "t c[2, x]");
  }

  @Test
  void victimsOfPartialIndexesAreDeletedAlsoWhenARowComesUnderThePredicate() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT, active INT)",
        "CREATE UNIQUE INDEX one ON t(u) WHERE active -- only these\n",
        "INSERT INTO t VALUES (1, 'x', 1), (2, 'x', 0), (3, 'x', 0)");

    source.sql("UPDATE OR REPLACE t SET active = 1 WHERE id = 2");
    assertThat(source.changes()).containsExactly("t d[1]", "t u[2, x, 1]");

    source.sql("INSERT OR REPLACE INTO t VALUES (4, 'x', 1)");
    assertThat(source.changes()).containsExactly("t d[2]", "t c[4, x, 1]");
    source.assertConverged();
  }

  @Test
  void victimsOfExpressionIndexesAreDeleted() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, first TEXT, last TEXT)",
        "CREATE UNIQUE INDEX one ON t((lower(first) || '(,' || last) COLLATE NOCASE DESC)",
        "INSERT INTO t VALUES (1, 'Ann', 'Lee'), (2, 'Bo', 'Li')");

    source.sql("INSERT OR REPLACE INTO t VALUES (3, 'ANN', 'LEE')");
    assertThat(source.changes()).containsExactly("t d[1]", "t c[3, ANN, LEE]");

    source.sql("UPDATE OR REPLACE t SET first = 'ann', last = 'lee' WHERE id = 2");
    assertThat(source.changes()).containsExactly("t d[3]", "t u[2, ann, lee]");
    source.assertConverged();
  }

  @Test
  void victimsOfGeneratedUniqueColumnsAreDeleted() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, twice AS (a * 2) UNIQUE,"
            + " text TEXT AS ('n' || abs(a)) STORED UNIQUE)",
        "INSERT INTO t(id, a) VALUES (1, 1), (2, 2)");

    source.sql("UPDATE OR REPLACE t SET a = -2 WHERE id = 1");

    assertThat(source.changes()).containsExactly("t d[2]", "t u[1, -2, -4, n2]");
    source.assertConverged();
  }

  @Test
  void victimsAreFoundUnderTheIndexesCollation() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT COLLATE NOCASE UNIQUE, w TEXT)",
        "CREATE UNIQUE INDEX w ON t(w COLLATE NOCASE)",
        "INSERT INTO t VALUES (1, 'x', 'p'), (2, 'y', 'q')");
    source.sql("INSERT OR REPLACE INTO t VALUES (3, 'X', 'Q')");
    assertThat(source.changes()).containsExactly("t d[1]", "t d[2]", "t c[3, X, Q]");
  }

  @Test
  void aForbiddenNullThatBecomesItsDefaultFindsItsVictim() throws Exception {
    table(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u NOT NULL DEFAULT word UNIQUE,"
            + " w TEXT NOT NULL DEFAULT 'it''s' UNIQUE)",
        "INSERT INTO t VALUES (1, 'word', 'a'), (2, 'b', 'it''s'), (3, 'c', 'd')");
    source.sql("INSERT OR REPLACE INTO t VALUES (4, NULL, NULL)");
    assertThat(source.changes()).containsExactly("t d[1]", "t d[2]", "t c[4, word, it's]");
    source.sql("UPDATE OR REPLACE t SET u = NULL WHERE id = 3");
    assertThat(source.changes()).containsExactly("t d[4]", "t u[3, word, d]");
  }

  @Test
  void aGivenRowidReplacesARowUnderAnotherPrimaryKey() throws Exception {
    table(
        "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, v)",
        "INSERT INTO t(rowid, k, v) VALUES (1, 'a', 1), (2, 'b', 2)");

    source.sql("INSERT OR REPLACE INTO t(rowid, k, v) VALUES (1, 'c', 3)");
    assertThat(source.changes()).containsExactly("t d[a]", "t c[c, 3]");

    source.sql("UPDATE OR REPLACE t SET oid = 1 WHERE k = 'b'");
    assertThat(source.changes()).containsExactly("t d[c]", "t u[b, 2]");
  }

  @Test
  void compositeAndTextKeysOfTablesWithoutRowid() throws Exception {
    table(
        "CREATE TABLE t(v, b TEXT, a INT, PRIMARY KEY(a, b)) WITHOUT ROWID",
        "INSERT INTO t VALUES ('x', 'k', 1)");
    source.sql(
        "INSERT INTO t VALUES ('y', 'k', 2)",
        "UPDATE t SET b = 'l' WHERE a = 1",
        "REPLACE INTO t VALUES ('z', 'k', 2)");
    assertThat(source.changes()).containsExactly("t d[1, k]", "t c[x, l, 1]", "t c[z, k, 2]");
    source.assertConverged();
  }

  @Test
  void aKeyThatChangesOnlyItsCaseIsDeletedAndInsertedAnew() throws Exception {
    table(
        "CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v)",
        "INSERT INTO t VALUES ('a', 1), ('b', 2)");

    source.sql("UPDATE t SET k = 'A' WHERE k = 'a'");
    assertThat(source.changes()).containsExactly("t d[a]", "t c[A, 1]");

    source.sql("INSERT OR REPLACE INTO t VALUES ('B', 3)");
    assertThat(source.changes()).containsExactly("t d[b]", "t c[B, 3]");
    source.assertConverged();
  }

  @Test
  void aKeyThatChangesOnlyItsTypeIsDeletedAndInsertedAnew() throws Exception {
    table("CREATE TABLE t(k PRIMARY KEY NOT NULL, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    source.sql("UPDATE t SET k = 1.0 WHERE k = 1", "REPLACE INTO t VALUES (2.0, 'c')");
    assertThat(source.changes())
        .containsExactlyInAnyOrder("t d[1]", "t d[2]", "t c[1.0, a]", "t c[2.0, c]");
    source.assertConverged();
  }

  @Test
  void rowsWithoutAPrimaryKeyAreKeyedByTheirRowid() throws Exception {
    table("CREATE TABLE notes(text)", "INSERT INTO notes VALUES ('a'), ('a')");
    source.sql(
        "DELETE FROM notes WHERE rowid = 1",
        "INSERT INTO notes VALUES ('b')",
        "UPDATE notes SET rowid = 7 WHERE text = 'b'");
    assertThat(source.changes()).containsExactly("notes d[1]", "notes d[3]", "notes c[7, b]");
    source.assertConverged();
  }

  @Test
  void theRowidIsReachedByWhateverNameIsLeft() throws Exception {
    table("CREATE TABLE notes(rowid TEXT, OID TEXT)", "INSERT INTO notes VALUES ('a', 'b')");
    source.sql("UPDATE notes SET rowid = 'c'");
    assertThat(source.changes()).containsExactly("notes u[1, c, b]");
  }

  @Test
  void aTableWhoseRowsCannotBeToldApartIsRefused() throws Exception {
    source.sql("CREATE TABLE hidden(rowid, oid, _rowid_)");
    assertThatThrownBy(source::start)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("Table hidden has no primary key")
        .hasMessageContaining("table.exclude.list");
  }

  @Test
  void rowsThatShareAKeyWithNullInItAreStatedTogether() throws Exception {
    table(
        "CREATE TABLE t(a, b TEXT, v, PRIMARY KEY(a, b))",
        "INSERT INTO t VALUES (NULL, 'x', 1), (NULL, 'x', 2), (NULL, 'y', 3), (1, 'x', 4)");

    source.sql("UPDATE t SET v = 9 WHERE v = 2");
    assertThat(source.changes())
        .containsExactly("t d[null, x]", "t c[null, x, 1]", "t c[null, x, 9]");

    source.sql("DELETE FROM t WHERE v = 3");
    assertThat(source.changes()).containsExactly("t d[null, y]");

    source.sql("UPDATE t SET a = 5 WHERE v = 1");
    assertThat(source.changes()).containsExactly("t d[null, x]", "t c[null, x, 9]", "t c[5, x, 1]");
    source.assertConverged();
  }

  @Test
  void widerKeysThatComeLaterMakeTheLogWider() throws Exception {
    table("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    source.sql(
        "CREATE TABLE wide(a, b, c, d, v, PRIMARY KEY(a, b, c, d)) WITHOUT ROWID",
        "INSERT INTO wide VALUES (1, 2, 3, 4, 'x')");
    source.slices();
    source.sql("UPDATE wide SET v = 'y'");
    assertThat(source.changes()).containsExactly("wide u[1, 2, 3, 4, y]");
  }

  @Test
  void oddNamesAreOnlyNames() throws Exception {
    table(
        "CREATE TABLE \"it's \"\"odd\"\" [x] `é` 表\"(\"order\" INTEGER, \"a \"\"b\" TEXT,"
            + " [group by] UNIQUE, `sp ace` TEXT, PRIMARY KEY(\"order\", \"a \"\"b\"))",
        "CREATE TABLE \"select\"(\"from\" INTEGER PRIMARY KEY, \"NEW\" UNIQUE, OLD)");
    source.sql(
        "INSERT INTO \"it's \"\"odd\"\" [x] `é` 表\" VALUES (1, 'k', 'u', 's')",
        "INSERT INTO \"select\" VALUES (1, 2, 3)",
        "INSERT OR REPLACE INTO \"select\" VALUES (2, 2, 4)");
    assertThat(source.changes())
        .containsExactly(
            "it's \"odd\" [x] `é` 表 c[1, k, u, s]", "select d[1]", "select c[2, 2, 4]");
    source.restart();
    assertThat(source.changes()).isEmpty();
    source.assertConverged();
  }

  @Test
  void strictTablesAndColumnsOfAnyTypeKeepTypes() throws Exception {
    table("CREATE TABLE t(k ANY PRIMARY KEY, v ANY) STRICT");
    source.sql("INSERT INTO t VALUES (1, '1'), ('1', 1.0), (x'31', NULL)");
    assertThat(source.changes())
        .containsExactlyInAnyOrder("t c[1, 1]", "t c[1, 1.0]", "t c[x'31', null]");
    source.sql("UPDATE t SET k = 1.0 WHERE k = 1");
    source.changes();
    source.assertConverged();
  }
}
