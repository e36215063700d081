package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.distributary.it.mariadb.MariaDbServer;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.it.postgres.TypeSamples;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values of every type keep what they are, from a database through the source, a converter and the
 * sink into another database, both when a snapshot reads them and when they are streamed.
 */
class TypesIT {
  private static final String AVRO = "io.apicurio.registry.utils.converter.AvroConverter";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path shared;
  private static Registry registry;

  @TempDir Path directory;
  private String source;

  @BeforeAll
  static void start() {
    registry = Registry.start(shared).awaitReady();
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void makeSource() throws SQLException {
    source = PostgresServer.shared().createDatabase();
    try (Connection connection = DriverManager.getConnection(source)) {
      TypeSamples.setUp(connection);
    }
  }

  @ParameterizedTest
  @CsvSource({"json,row", "json,transaction", "avro,row", "avro,transaction"})
  void everyTypeOfPostgreSqlArrivesInAnother(String format, String events) throws Exception {
    everyTypeArrives(PostgresServer.shared().createDatabase(), log(format), events);
  }

  @Test
  void everyTypeOfPostgreSql17ArrivesIn18AndBack() throws Exception {
    try (PostgresServer newer = PostgresServer.start(18, Map.of())) {
      assertThat(values(newer.createDatabase(), "SHOW server_version").get(0)).startsWith("18");
      everyTypeArrives(newer.createDatabase(), log("json"), "transaction");

      source = newer.createDatabase();
      try (Connection connection = DriverManager.getConnection(source)) {
        TypeSamples.setUp(connection);
      }
      everyTypeArrives(PostgresServer.shared().createDatabase(), log("json"), "row");
    }
  }

  private void everyTypeArrives(String target, KafkaLog kafka, String events) throws Exception {
    try (Connection connection = DriverManager.getConnection(target)) {
      TypeSamples.setUp(connection);
    }
    run(source, TypeSamples.createTable("t"));
    int rows = TypeSamples.rows();
    for (int row = 0; row < rows; row++) {
      run(source, TypeSamples.insert("t", row, row));
    }
    List<String> streamed = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      streamed.add(TypeSamples.insert("t", row, rows + row));
    }
    replicate(target, kafka, events, rows, streamed);

    Map<String, String> expected = all(source);
    Map<String, String> arrived = all(target);
    assertThat(arrived.keySet()).isEqualTo(expected.keySet());
    assertThat(
            expected.entrySet().stream()
                .filter(value -> !Objects.equals(value.getValue(), arrived.get(value.getKey())))
                .map(value -> value + " arrived as " + arrived.get(value.getKey())))
        .isEmpty();
  }

  private static final String MIXED =
      "CREATE TABLE t (id int PRIMARY KEY, small smallint, big bigint, flag boolean, half real,"
          + " whole double precision, price numeric(10,2), huge numeric(38,3), free numeric,"
          + " name varchar(20), raw bytea, day date, clock time, stamp timestamp,"
          + " moment timestamptz, span interval, tag uuid, doc jsonb, mood mood, pairs hstore,"
          + " spot point, list int[], range int4range)";

  private static final String MIXED_ROW =
      "INSERT INTO t VALUES (%d, -5, 9007199254740993, true, 1.5, 0.1, 12.30,"
          + " 12345678901234567890123456789012345.678, 1234567890.12345678901234567890, 'Łódź',"
          + " '\\x0041', '2024-02-29', '12:30:00.123456', '2024-02-29 12:30:00.123456',"
          + " '2024-02-29 12:30:00.123456+02', '1 year 2 mons -3 days 04:05:06.789',"
          + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\": 1}', 'it''s', 'a=>1, b=>NULL',"
          + " '(1.5,-2)', '{1,NULL,3}', '[1,5)')";

  @Test
  void postgreSqlArrivesInSqlite() throws Exception {
    String target = "jdbc:sqlite:" + directory.resolve("target.db");
    run(source, MIXED);
    run(source, MIXED_ROW.formatted(0));
    run(
        source,
        "INSERT INTO t (id, half, price, free, day, clock, stamp, moment, list) VALUES"
            + " (2, 'NaN', 'NaN', 'NaN', 'infinity', '24:00', '-infinity', 'infinity', '{{1},{2}}')");
    replicate(target, log("json"), "transaction", 2, List.of(MIXED_ROW.formatted(1)));

    List<String> whole =
        List.of(
            "-5",
            "9007199254740993",
            "1",
            "1.5",
            "0.1",
            "12.3",
            "'12345678901234567890123456789012345.678'",
            "'1234567890.12345678901234567890'",
            "'Łódź'",
            "X'0041'",
            "'2024-02-29'",
            "'12:30:00.123456'",
            "'2024-02-29 12:30:00.123456'",
            "'2024-02-29T10:30:00.123456Z'",
            "'P1Y2M-3DT4H5M6.789S'",
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            "'{\"a\": 1}'",
            "'it''s'",
            "'{\"a\":\"1\",\"b\":null}'",
            "'(1.5,-2.0)'",
            "'[1,null,3]'",
            "'[1,5)'");
    assertThat(quoted(target, 0)).isEqualTo(whole);
    assertThat(quoted(target, 1)).isEqualTo(whole);
    assertThat(quoted(target, 2))
        .filteredOn(value -> !value.equals("NULL"))
        .containsExactly(
            "'NaN'",
            "'NaN'",
            "'NaN'",
            "'infinity'",
            "'24:00:00'",
            "'-infinity'",
            "'infinity'",
            "'{{1},{2}}'");
  }

  @Test
  void postgreSqlArrivesInMariaDb() throws Exception {
    String target = MariaDbServer.shared().createDatabase();
    run(source, MIXED);
    run(source, MIXED_ROW.formatted(0));
    replicate(target, log("json"), "transaction", 1, List.of(MIXED_ROW.formatted(1)));

    List<String> whole =
        List.of(
            "-5",
            "9007199254740993",
            "1",
            "1.5",
            "0.1",
            "12.30",
            "12345678901234567890123456789012345.678",
            "1234567890.123456789012345678900000000000",
            "Łódź",
            "\u0000A",
            "2024-02-29",
            "12:30:00.123456",
            "2024-02-29 12:30:00.123456",
            "2024-02-29 10:30:00.123456",
            "P1Y2M-3DT4H5M6.789S",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "{\"a\": 1}",
            "it's",
            "{\"a\":\"1\",\"b\":null}",
            "(1.5,-2.0)",
            "[1,null,3]",
            "[1,5)");
    assertThat(strings(target, 0)).isEqualTo(whole);
    assertThat(strings(target, 1)).isEqualTo(whole);
  }

  /** The locale says how many digits of the stored number are after the point: none, two, three. */
  @ParameterizedTest
  @ValueSource(strings = {"ja_JP.UTF-8", "de_DE.UTF-8", "ar_TN.UTF-8"})
  void moneyOfAnotherLocaleArrives(String locale) throws Exception {
    String target = PostgresServer.shared().createDatabase();
    try {
      run(source, "SET lc_monetary = '" + locale + "'");
    } catch (SQLException e) {
      abort("This machine has no locale " + locale + " for PostgreSQL to write money in");
    }
    for (String url : List.of(source, target)) {
      String database = values(url, "SELECT current_database()").get(0);
      run(url, "ALTER DATABASE " + database + " SET lc_monetary = '" + locale + "'");
    }
    String row = "INSERT INTO t VALUES (%d, '-1234567', ARRAY['89'::money, NULL])";
    run(source, "CREATE TABLE t (id int PRIMARY KEY, price money, prices money[])");
    run(source, row.formatted(0));
    replicate(target, log("json"), "transaction", 1, List.of(row.formatted(1)));

    assertThat(strings(source, 0)).hasSize(2).doesNotContainNull();
    assertThat(strings(target, 0)).isEqualTo(strings(source, 0));
    assertThat(strings(target, 1)).isEqualTo(strings(source, 0));
  }

  private static final String SQLITE =
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT, flag BOOLEAN, x REAL, price DECIMAL(10,2),"
          + " name VARCHAR(5), day DATE, any, raw BLOB, other NUMERIC)";

  private static final String SQLITE_ROW =
      "INSERT INTO t VALUES (%d, 9007199254740993, 1, 0.1, 12.25, 'longer than 5', '2024-02-29',"
          + " 'anything', X'0041', 2.5)";

  @ParameterizedTest
  @CsvSource({"json", "avro"})
  void sqliteArrivesInPostgreSql(String format) throws Exception {
    source = "jdbc:sqlite:" + directory.resolve("source.db");
    String target = PostgresServer.shared().createDatabase();
    run(source, SQLITE);
    run(source, SQLITE_ROW.formatted(0));
    replicate(target, log(format), "row", 1, List.of(SQLITE_ROW.formatted(1)));

    List<String> whole =
        List.of(
            "9007199254740993",
            "t",
            "0.1",
            "12.25",
            "longer than 5",
            "2024-02-29",
            "anything",
            "\\x0041",
            "2.5");
    assertThat(strings(target, 0)).isEqualTo(whole);
    assertThat(strings(target, 1)).isEqualTo(whole);
    assertThat(
            values(
                target,
                "SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY attnum)"
                    + " FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"))
        .containsExactly(
            "bigint, bigint, boolean, double precision, numeric, text, text, text, bytea,"
                + " double precision");
  }

  @ParameterizedTest
  @CsvSource({"json", "avro"})
  void sqliteArrivesInMariaDb(String format) throws Exception {
    source = "jdbc:sqlite:" + directory.resolve("source.db");
    String target = MariaDbServer.shared().createDatabase();
    run(source, SQLITE);
    run(source, SQLITE_ROW.formatted(0));
    run(source, "INSERT INTO t (id, name) VALUES (2, 7)"); // a number in a column of text
    replicate(target, log(format), "row", 2, List.of(SQLITE_ROW.formatted(1)));

    List<String> whole =
        List.of(
            "9007199254740993",
            "1",
            "0.1",
            "12.25",
            "longer than 5",
            "2024-02-29",
            "anything",
            "\u0000A",
            "2.5");
    assertThat(strings(target, 0)).isEqualTo(whole);
    assertThat(strings(target, 1)).isEqualTo(whole);
    assertThat(strings(target, 2)).filteredOn(Objects::nonNull).containsExactly("7");
    assertThat(
            values(
                target,
                "SELECT group_concat(column_type ORDER BY ordinal_position SEPARATOR ', ')"
                    + " FROM information_schema.columns"
                    + " WHERE table_schema = database() AND table_name = 't'"))
        .containsExactly(
            "bigint(20), bigint(20), tinyint(1), double, decimal(65,2), longtext, longtext,"
                + " longtext, longblob, double");
  }

  @Test
  void aValueOfSqliteThatMariaDbCannotHoldFailsByTableAndColumn() throws Exception {
    source = "jdbc:sqlite:" + directory.resolve("source.db");
    String target = MariaDbServer.shared().createDatabase();
    run(source, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT)");
    run(source, "INSERT INTO t VALUES (0, 'seven')");

    assertThatThrownBy(() -> replicate(target, log("json"), "row", 1, List.of()))
        .hasMessageContaining("Table t")
        .hasMessageContaining("column n")
        .hasMessageNotContaining("seven");
  }

  @Test
  void aValueOfSqliteThatPostgreSqlCannotHoldFailsByTableAndColumn() throws Exception {
    source = "jdbc:sqlite:" + directory.resolve("source.db");
    String target = PostgresServer.shared().createDatabase();
    run(source, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT)");
    run(source, "INSERT INTO t VALUES (0, 'no number')");

    assertThatThrownBy(() -> replicate(target, log("json"), "row", 1, List.of()))
        .hasMessageContaining("Table t")
        .hasMessageContaining("bigint");
  }

  private static KafkaLog log(String format) {
    if (format.equals("json")) {
      return new KafkaLog();
    }
    return new KafkaLog(
        () -> ConverterPlugin.of(AVRO),
        Map.of(
            "apicurio.registry.url", registry.url(),
            "apicurio.registry.as-confluent", "true",
            "apicurio.registry.use-id", "contentId",
            "apicurio.registry.headers.enabled", "false",
            "apicurio.registry.auto-register", "true"));
  }

  /** Runs source and sink until the rows of a snapshot and those written after it have arrived. */
  private void replicate(
      String target, KafkaLog kafka, String events, int present, List<String> streamed)
      throws Exception {
    Map<String, String> from = new HashMap<>();
    from.put("name", "source");
    from.put("connection.url", source);
    from.put("topic.prefix", "p" + Integer.toHexString(target.hashCode()) + events);
    from.put("events", events);
    from.put("poll.interval.ms", "5");
    from.put("table.include.list", source.startsWith("jdbc:sqlite:") ? "t" : "public.t");
    Map<String, String> to =
        Map.of("name", "sink", "connection.url", target, "auto.create", "true");
    Random random = new Random(1);
    try (SourceRunner capture = new SourceRunner(from, kafka, random);
        SinkRunner sink = new SinkRunner(to, kafka, random)) {
      await(target, capture, sink, present);
      run(source, streamed.toArray(String[]::new));
      await(target, capture, sink, present + streamed.size());
    }
  }

  private static void await(String target, SourceRunner capture, SinkRunner sink, int rows)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (count(target) < rows) {
      assertThat(System.nanoTime()).as("%d rows within %s", rows, PATIENCE).isLessThan(deadline);
      capture.step();
      sink.step(100);
    }
  }

  private static int count(String url) throws SQLException {
    try {
      return Integer.parseInt(values(url, "SELECT count(*) FROM t").get(0));
    } catch (SQLException notYetThere) {
      return 0;
    }
  }

  /** Every value as the database writes it, by id, column and type. */
  private static Map<String, String> all(String url) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM t")) {
      while (rows.next()) {
        for (int i = 0; i < TypeSamples.ALL.size(); i++) {
          String text = rows.getString(TypeSamples.column(i));
          values.put(
              rows.getInt("id") + " " + TypeSamples.ALL.get(i).type(),
              text != null && text.length() > 100 ? text.length() + " " + text.hashCode() : text);
        }
      }
    }
    return values;
  }

  private static List<String> strings(String url, int id) throws SQLException {
    return row(url, "SELECT * FROM t WHERE id = " + id);
  }

  /** The row's values as SQL literals, which tell SQLite's storage classes apart. */
  private static List<String> quoted(String url, int id) throws SQLException {
    List<String> columns =
        values(url, "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('t')");
    return row(url, "SELECT " + String.join(", ", columns) + " FROM t WHERE id = " + id);
  }

  private static List<String> row(String url, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
        values.add(row.getString(i));
      }
    }
    return values;
  }

  private static List<String> values(String url, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static void run(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
