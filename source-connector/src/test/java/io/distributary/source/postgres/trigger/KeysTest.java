package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How rows are told apart. */
class KeysTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aChangedKeyIsADeleteAndAnInsert() throws Exception {
    source.sql(
        "CREATE TABLE t(a integer, b text, v integer, PRIMARY KEY (b, a))",
        "INSERT INTO t VALUES (1, 'x', 1), (2, 'x', 2)");
    source.start().slices();
    source.sql("UPDATE t SET a = 9 WHERE a = 1");
    assertThat(source.changes()).containsExactly("t d[x, 1]", "t c[9, x, 1]");
    source.sql("UPDATE t SET a = a + 100");
    source.changes();
    source.assertConverged();
  }

  /** Each type of key with two values and what it was changed to. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bigint | 1 | 2 | 9223372036854775807",
        "uuid | 00000000-0000-0000-0000-000000000001 | 00000000-0000-0000-0000-000000000002 |"
            + " ffffffff-ffff-ffff-ffff-ffffffffffff",
        "numeric | 1 | 2 | 3.50",
        "numeric(10,3) | 1.5 | NaN | -7.125",
        "text | plain | with 'quote\" and \\ | ''",
        "text | ünï😀 | %s | %%",
        "varchar(5) | abc | ABC | x",
        "char(5) | abc | ABC | x",
        "\"char\" | a | b | c",
        "name | abc | d | x",
        "date | 2026-11-21 | 0044-03-15 BC | infinity",
        "time | 12:00 | 12:00:00.000001 | 24:00",
        "timetz | 12:00+02 | 12:00+01 | 24:00+00",
        "timestamp | 2026-11-21 08:00:00.123456 | 2026-12-01 00:00 | -infinity",
        "timestamptz | 2026-11-21 08:00:00.123456+05 | 2026-12-01 00:00+00 | 1900-01-01 00:00+00",
        "interval | 1 day | 25 hours | 1 mon",
        "double precision | 0.1 | 1e300 | 0.30000000000000004",
        "real | 0.1 | 1e30 | 3.4028235e38",
        "bytea | \\x00ff | \\x | \\x61",
        "inet | 10.0.0.1/8 | ::1 | 10.0.0.2",
        "macaddr | 08:00:2b:01:02:03 | 08:00:2b:01:02:04 | ff:ff:ff:ff:ff:ff",
        "bit varying | 101 | 1 | 0000",
        "integer[] | {1,2} | {} | {NULL,3}",
        "int4range | [1,5) | empty | (,)",
        "jsonb | {\"a\": 1} | [1, 1.00] | null",
        "money | $1.50 | -$2.00 | $0.00",
        "mood | sad | happy | so so",
        "positive | 1 | 2 | 3",
        "letters | a | b | c",
        "citext | a | b | c",
        "point2 | (1,2) | (3,4) | (5,\"six, seven\")"
      })
  void everyTypeOfKeyIsFoundAgain(String type, String one, String two, String three)
      throws Exception {
    source.sql(
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'so so', 'happy')",
        "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
        "CREATE DOMAIN letters AS varchar(3)",
        "CREATE TYPE point2 AS (x integer, t text)",
        "CREATE TABLE t(k " + type + " PRIMARY KEY, v integer)",
        // The driver minds settings that it did not make, but not those that end with a call.
        "CREATE FUNCTION abroad(sql text) RETURNS void LANGUAGE plpgsql SET datestyle = 'SQL, DMY'"
            + " SET timezone = 'America/New_York' SET intervalstyle = 'sql_standard'"
            + " SET extra_float_digits = -10 SET bytea_output = 'escape'"
            + " AS 'BEGIN EXECUTE sql; END'");
    source.start().slices();

    source.sql("INSERT INTO t VALUES (" + quoted(one) + ", 1), (" + quoted(two) + ", 2)");
    source.slices();
    source.assertConverged();
    abroad("UPDATE t SET v = 11 WHERE v = 1");
    assertThat(source.changes()).hasSize(1).allMatch(change -> change.startsWith("t u["));
    abroad("UPDATE t SET k = " + quoted(three) + " WHERE v = 2");
    assertThat(source.changes()).hasSize(2);
    source.assertConverged();
    abroad("DELETE FROM t WHERE v = 11");
    assertThat(source.changes()).hasSize(1).allMatch(change -> change.startsWith("t d["));
    source.assertConverged();
  }

  private void abroad(String sql) throws Exception {
    source.sql("SELECT abroad(" + quoted(sql) + ")");
  }

  private static String quoted(String text) {
    String value = text == null ? "" : text;
    return "'" + value.replace("'", "''") + "'";
  }

  @Test
  void keysThatAreEqualButWrittenInAnotherWayAreTakenForTwo() throws Exception {
    source.sql(
        "CREATE EXTENSION citext",
        "CREATE TABLE words(k citext PRIMARY KEY, v integer)",
        "CREATE TABLE numbers(k numeric PRIMARY KEY, v integer)",
        "INSERT INTO words VALUES ('a', 1)",
        "INSERT INTO numbers VALUES (1.0, 1)");
    source.start().slices();
    source.sql("UPDATE words SET k = 'A'", "UPDATE numbers SET k = 1.00");
    assertThat(source.changes())
        .contains("words d[a]", "words c[A, 1]")
        .filteredOn(change -> change.startsWith("numbers"))
        .hasSize(2);
    source.assertConverged();
  }

  @Test
  void aNondeterministicCollationIsCompared() throws Exception {
    source.sql(
        "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2',"
            + " deterministic = false)",
        "CREATE TABLE t(k text COLLATE blind PRIMARY KEY, v integer)",
        "INSERT INTO t VALUES ('a', 1), ('b', 2)");
    source.start().slices();
    source.sql("UPDATE t SET k = upper(k) WHERE v = 1", "UPDATE t SET v = 3 WHERE k = 'B'");
    assertThat(source.changes()).containsExactlyInAnyOrder("t d[a]", "t c[A, 1]", "t u[b, 3]");
    source.assertConverged();
  }

  @Test
  void namesNeedNotBeSimple() throws Exception {
    source.sql(
        "CREATE SCHEMA \"My \"\"schema\"",
        "CREATE TABLE \"My \"\"schema\".\"O'Table %s\"(\"distributary_1\" integer, \"t\" text,"
            + " \"a \"\"b\" integer, \"select\" text, n integer, o integer, k1 integer,"
            + " PRIMARY KEY (\"a \"\"b\", \"select\"))");
    source.start().slices();
    String table = "\"My \"\"schema\".\"O'Table %s\"";
    source.sql(
        "INSERT INTO " + table + " VALUES (1, 't', 2, 's', 3, 4, 5)",
        "UPDATE " + table + " SET \"select\" = 'x'");
    assertThat(source.changes())
        .containsExactly("O'Table %s d[2, s]", "O'Table %s c[1, t, 2, x, 3, 4, 5]");
    source.settings =
        source.settings.snapshots(
            io.distributary.source.postgres.SnapshotMode.INITIAL, false, false);
    source.restart();
    source.slices();
    source.sql("TRUNCATE " + table);
    assertThat(source.changes()).containsExactly("O'Table %s d[2, x]");
  }

  @Test
  void aKeyMayHaveMoreColumnsThanTheLog() throws Exception {
    source.sql("CREATE TABLE few(id integer PRIMARY KEY)");
    source.start().slices();
    source.sql(
        "CREATE TABLE many(a int, b int, c int, d int, e int, f int, g int,"
            + " PRIMARY KEY (a, b, c, d, e, f, g))",
        "INSERT INTO many VALUES (1, 2, 3, 4, 5, 6, 7)");
    source.slices();
    source.sql("UPDATE many SET g = 8");
    assertThat(source.changes())
        .containsExactly("many d[1, 2, 3, 4, 5, 6, 7]", "many c[1, 2, 3, 4, 5, 6, 8]");
  }

  @Test
  void aUniqueIndexOverColumnsThatAreNeverNullIsAKey() throws Exception {
    source.sql(
        "CREATE TABLE t(a integer NOT NULL, b integer, c text NOT NULL)",
        "CREATE UNIQUE INDEX ON t(b)",
        "CREATE UNIQUE INDEX ON t(c, a) INCLUDE (b)",
        "INSERT INTO t VALUES (1, NULL, 'x')");
    source.start().slices();
    source.sql("UPDATE t SET b = 7");
    assertThat(source.changes()).containsExactly("t u[1, 7, x]");
    source.sql("DELETE FROM t");
    source.sql("INSERT INTO t VALUES (2, 2, 'y')");
    assertThat(source.changes()).containsExactlyInAnyOrder("t d[x, 1]", "t c[2, 2, y]");
  }

  @Test
  void aTableWithoutAKeyIsRefusedWhenItIsAskedForByName() throws Exception {
    source.sql("CREATE TABLE t(a integer)", "CREATE TABLE u(id integer PRIMARY KEY)");
    source.start();
    assertThat(source.capture.metrics().tables()).containsOnlyKeys("public.u");
    source.stop();
    source.settings = source.settings.tables(List.of("public.t"), List.of());
    assertThatThrownBy(source::start)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("public.t has no primary key")
        .hasMessageContaining("ALTER TABLE \"public\".\"t\" ADD PRIMARY KEY");
  }

  @Test
  void generatedColumnsAreLeftOutUnlessTheyAreTheKey() throws Exception {
    source.sql(
        "CREATE TABLE t(a integer, k integer GENERATED ALWAYS AS (a * 10) STORED PRIMARY KEY,"
            + " s integer GENERATED ALWAYS AS (a + 1) STORED, v text)",
        "INSERT INTO t(a, v) VALUES (1, 'x')");
    source.start();
    assertThat(source.changes()).containsExactly("t r[1, 10, x]");
    source.sql("UPDATE t SET a = 2");
    assertThat(source.changes()).containsExactly("t d[10]", "t c[2, 20, x]");
  }
}
