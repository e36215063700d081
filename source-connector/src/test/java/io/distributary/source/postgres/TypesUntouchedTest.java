package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.it.postgres.TypeSamples;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server does not log of a row, and what Debezium says of columns. */
class TypesUntouchedTest {
  private String url;
  private Connection source;

  @BeforeEach
  void open() throws SQLException {
    url = PostgresServer.shared().createDatabase();
    source = DriverManager.getConnection(url);
    TypeSamples.setUp(source);
  }

  @AfterEach
  void close() throws SQLException {
    source.close();
  }

  @Test
  void aLargeValueThatAnUpdateLeavesAloneIsUntouchedWhateverItsType() throws Exception {
    String large = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 500) i)";
    execute(
        "CREATE TABLE t (id int PRIMARY KEY, n int, a text, b bytea, c jsonb, d numeric, e text[],"
            + " f int[], g hstore, h pair, i numeric(900,2), j uuid[], k bigint[], l bytea[])");
    for (String column : "a b c d e f g h i j k l".split(" ")) {
      execute("ALTER TABLE t ALTER " + column + " SET STORAGE EXTERNAL");
    }
    execute(
        "INSERT INTO t SELECT 1, 0, "
            + large
            + ", decode("
            + large
            + ", 'hex'), jsonb_build_object('a', "
            + large
            + "), ('0.' || repeat('123456789', 1000))::numeric, ARRAY["
            + large
            + "], ARRAY(SELECT generate_series(1, 3000)), hstore('a', "
            + large
            + "), ROW(1, "
            + large
            + ")::pair, repeat('7', 898)::numeric,"
            + " ARRAY(SELECT md5(i::text)::uuid FROM generate_series(1, 500) i),"
            + " ARRAY(SELECT generate_series(1, 3000)), ARRAY[decode("
            + large
            + ", 'hex')]");
    try (DebeziumRows rows = DebeziumRows.start(url, Map.of())) {
      assertThat(rows.next().after()).doesNotContain(Change.UNTOUCHED);
      execute("UPDATE t SET n = n + 1");
      Object[] after = rows.next().after();

      assertThat(after[1]).isEqualTo(1);
      for (int i = 2; i < after.length; i++) {
        // A numeric(900,2) is too small for the server to store it apart.
        assertThat(after[i] == Change.UNTOUCHED)
            .as(rows.table().columns().get(i).name())
            .isEqualTo(!rows.table().columns().get(i).name().equals("i"));
      }
    }
  }

  @Test
  void aDefaultOfTheSourceStandsForNoNull() throws Exception {
    execute(
        "CREATE TABLE t (id int PRIMARY KEY DEFAULT 7, a int DEFAULT 5, b text DEFAULT 'x',"
            + " c timestamptz DEFAULT now(), d date DEFAULT '2024-01-01', e numeric DEFAULT 1.5,"
            + " f int[] DEFAULT '{1}', g jsonb DEFAULT '{}', h interval DEFAULT '1 day',"
            + " i bytea DEFAULT '\\x01', j mood DEFAULT 'ok', k money DEFAULT 1,"
            + " l timestamp DEFAULT 'infinity', m bool DEFAULT true, n real DEFAULT 'NaN',"
            + " o time DEFAULT '12:00', p uuid DEFAULT gen_random_uuid(), q pair DEFAULT '(1,a)',"
            + " r hstore DEFAULT 'a=>1', s inet DEFAULT '::1', u bit(3) DEFAULT '101',"
            + " v point DEFAULT '(1,2)', w xml DEFAULT '<a/>', x timetz DEFAULT '12:00+02')");
    execute("INSERT INTO t (id) VALUES (1)");
    execute(
        "INSERT INTO t VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
            + " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
    try (DebeziumRows rows = DebeziumRows.start(url, Map.of())) {
      assertThat(rows.next().after()).doesNotContainNull();
      assertNulls(rows.next());
      execute("UPDATE t SET id = id + 2");
      while (rows.next().after() == null) {}
      assertNulls(rows.next());
    }
  }

  private static void assertNulls(Change change) {
    assertThat(change.after() == null ? change.before() : change.after())
        .filteredOn(value -> value != null)
        .hasSize(1);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = source.createStatement()) {
      statement.execute(sql);
    }
  }
}
