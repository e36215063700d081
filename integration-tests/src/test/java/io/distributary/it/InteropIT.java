package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our records in connectors that none of us wrote, and theirs in ours, on a real worker. */
class InteropIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String ITEMS = "SELECT id, name, price, hex(picture) FROM items ORDER BY id";
  private static final String THEIR_ITEMS =
      "SELECT id, name, price, coalesce(upper(encode(picture, 'hex')), '') FROM %s ORDER BY id";
  private static final String STOCK = "SELECT item, place, quantity FROM %s ORDER BY item, place";

  private static final String KINDS =
      "CREATE TABLE kinds (id int PRIMARY KEY, small smallint, big bigint, flag boolean, half real,"
          + " price numeric(10,2), free numeric, short varchar(9), day date, clock time,"
          + " stamp timestamp, moment timestamptz, span interval, tag uuid, doc jsonb, note xml,"
          + " mask bit(5), words text[], numbers int[], pairs hstore, body text, raw bytea,"
          + " long_words text[], long_numbers int[], long_pairs hstore)";

  /** Its last five values are too large for their page, so an update does not send them again. */
  private static final String A_KIND =
      "INSERT INTO kinds SELECT %d, -5, 9007199254740993, true, 1.5, 12.30,"
          + " 123456789012345678901234567890.123456789, 'Łódź', '2024-02-29', '12:30:00.123456',"
          + " '2024-02-29 12:30:00.123456', '2024-02-29 12:30:00.123456+02',"
          + " '1 year 2 mons -3 days 04:05:06.789', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',"
          + " '{\"a\": [1, null]}', '<a>x</a>', B'00101', '{a,NULL,\"b c\"}', '{1,NULL,3}',"
          + " 'a=>1, b=>NULL', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 500) n),"
          + " (SELECT decode(string_agg(md5(n::text), ''), 'hex') FROM generate_series(1, 900) n),"
          + " (SELECT array_agg(md5(n::text)) FROM generate_series(1, 500) n),"
          + " (SELECT array_agg(n * 7919 %% 1000003) FROM generate_series(1, 5000) n),"
          + " (SELECT hstore(array_agg(n::text), array_agg(md5(n::text)))"
          + " FROM generate_series(1, 500) n)";

  @TempDir static Path shared;
  private static Chain chain;
  private static Stack stack;

  @TempDir Path directory;
  private String postgres;

  @BeforeAll
  static void start() {
    Broker broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), shared.resolve("kafka"));
    List<Path> plugins = new ArrayList<>(Chain.CHECKOUT.plugins());
    plugins.add(Path.of("target/peer-plugins").toAbsolutePath());
    WorkerSettings settings =
        WorkerSettings.of(Chain.CHECKOUT.worker(), plugins)
            .with("offset.flush.interval.ms", "1000");
    Worker worker = new Worker(settings, shared.resolve("connect"), broker.bootstrapServers());
    stack = Stack.start(broker, worker);
    chain = Chain.over(stack);
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @BeforeEach
  void createDatabase() throws SQLException {
    postgres = PostgresServer.shared().createDatabase();
  }

  @AfterEach
  void end() {
    chain.end(chain.connect().connectors().toArray(String[]::new));
  }

  @Test
  void debeziumsJdbcSinkMakesWhatOurSourceHas() throws SQLException {
    Path source = directory.resolve("shop.db");
    Chain.run(
        source,
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, picture BLOB)",
        "CREATE TABLE stock (item INTEGER NOT NULL, place TEXT NOT NULL, quantity INTEGER,"
            + " PRIMARY KEY (item, place))",
        "INSERT INTO items VALUES (1, 'pen', 1.5, x'00ff'), (2, 'ink', NULL, NULL)",
        "INSERT INTO stock VALUES (1, 'north', 3), (1, 'south', 4), (2, 'north', NULL)");
    chain.source("sqlite-source-row", "shop", source);
    putDebeziumSink("theirs", "shop\\.(?!signal$).*", Map.of());
    awaitSame(source, "shop_items", "shop_stock");

    Chain.run(
        source,
        "UPDATE items SET price = 2.25 WHERE id = 1",
        "DELETE FROM items WHERE id = 2",
        "INSERT INTO items VALUES (3, 'paper', 0, x'')",
        "UPDATE stock SET place = 'west' WHERE place = 'south'",
        "DELETE FROM stock WHERE item = 2");
    Chain.run(source, "INSERT INTO stock VALUES (3, 'it''s', 9)");

    awaitSame(source, "shop_items", "shop_stock");
    assertThat(rows(postgres, "SELECT count(*) FROM shop_items")).containsExactly("2");
  }

  @Test
  void debeziumsJdbcSinkMakesWhatOurPostgreSqlSourceHas() throws SQLException {
    String source = PostgresServer.shared().createDatabase();
    executeIn(
        source,
        "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, price float8, amount"
            + " numeric(10,2), flag boolean, day date, big bigint, picture bytea)",
        "CREATE TABLE stock (item int NOT NULL, place text NOT NULL, quantity int,"
            + " PRIMARY KEY (item, place))",
        "INSERT INTO items VALUES (1, 'pen', 1.5, 12.30, true, '2024-02-29', 9007199254740993,"
            + " '\\x00ff'), (2, 'ink', NULL, NULL, NULL, NULL, NULL, NULL)",
        "INSERT INTO stock VALUES (1, 'north', 3), (1, 'south', 4), (2, 'north', NULL)");
    chain.source(
        "postgresql-source",
        "ours",
        directory,
        "connection.url",
        source,
        "connection.user",
        "",
        "events",
        "row");
    putDebeziumSink("theirs", "ours\\.public\\..*", Map.of("truncate.enabled", "true"));
    awaitTheirs(source);

    executeIn(
        source,
        "UPDATE items SET price = 2.25, amount = -0.01 WHERE id = 1",
        "DELETE FROM items WHERE id = 2",
        "INSERT INTO items VALUES (3, 'Łódź', 0, 0, false, '1970-01-01', 0, '')",
        "UPDATE items SET id = 7 WHERE id = 1",
        "UPDATE stock SET place = 'west' WHERE place = 'south'",
        "DELETE FROM stock WHERE item = 2");
    executeIn(source, "INSERT INTO stock VALUES (3, 'it''s', 9)");
    awaitTheirs(source);
    assertThat(rows(postgres, "SELECT id FROM ours_public_items ORDER BY id"))
        .containsExactly("3", "7");
    executeIn(source, "TRUNCATE stock");
    executeIn(source, "INSERT INTO stock VALUES (8, 'east', 1)");
    awaitTheirs(source);
  }

  private void awaitTheirs(String source) {
    for (String query :
        List.of(
            "SELECT id, name, price, amount, flag, day, big, encode(picture, 'hex') FROM %sitems"
                + " ORDER BY id",
            "SELECT item, place, quantity FROM %sstock ORDER BY item, place")) {
      awaitRows(postgres, query.formatted("ours_public_"), rows(source, query.formatted("")));
    }
  }

  @Test
  void extractNewRecordStateAndKafkasOwnTransformsTakeOurRecords() throws SQLException {
    Path source = directory.resolve("flat.db");
    Chain.run(
        source,
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, picture BLOB)",
        "INSERT INTO items VALUES (1, 'pen', 1.5, x'00ff'), (2, 'ink', NULL, NULL)");
    chain.source("sqlite-source-row", "flat", source);
    Map<String, String> transforms = new HashMap<>();
    transforms.put("transforms", "flatten,insert,route");
    transforms.put("transforms.flatten.type", "io.debezium.transforms.ExtractNewRecordState");
    transforms.put(
        "transforms.insert.type", "org.apache.kafka.connect.transforms.InsertField$Value");
    transforms.put("transforms.insert.static.field", "origin");
    transforms.put("transforms.insert.static.value", "canonical");
    transforms.put("transforms.insert.predicate", "deleted");
    transforms.put("transforms.insert.negate", "true");
    transforms.put("predicates", "deleted");
    transforms.put(
        "predicates.deleted.type",
        "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone");
    transforms.put("transforms.route.type", "org.apache.kafka.connect.transforms.RegexRouter");
    transforms.put("transforms.route.regex", "flat\\.(.*)");
    transforms.put("transforms.route.replacement", "$1");
    putDebeziumSink("flattened", "flat\\.(?!signal$).*", transforms);
    Chain.run(source, "UPDATE items SET price = 4 WHERE id = 1", "DELETE FROM items WHERE id = 2");

    awaitRows("SELECT id, name, price, origin FROM items", "1|pen|4.0|canonical");
  }

  @Test
  void ourSinkTakesOurRecordsAfterExtractNewRecordStateAndKafkasOwnTransforms()
      throws SQLException {
    Path source = directory.resolve("bare.db");
    Path replica = directory.resolve("bare-replica.db");
    Chain.run(
        source,
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, secret TEXT,"
            + " note TEXT)",
        "INSERT INTO items VALUES (1, 'pen', 1.5, 's', 'n'), (2, 'ink', NULL, 's', NULL)");
    chain.source("sqlite-source-row", "bare", source);
    String kafkas = "org.apache.kafka.connect.transforms.";
    chain.sink(
        "sqlite-sink",
        "bare-sink",
        "bare",
        replica,
        "transforms",
        "flatten,mask,replace,cast,route",
        "transforms.flatten.type",
        "io.debezium.transforms.ExtractNewRecordState",
        "transforms.mask.type",
        kafkas + "MaskField$Value",
        "transforms.mask.fields",
        "secret",
        // Kafka's MaskField takes no null.
        "transforms.mask.predicate",
        "deleted",
        "transforms.mask.negate",
        "true",
        "predicates",
        "deleted",
        "predicates.deleted.type",
        kafkas + "predicates.RecordIsTombstone",
        "transforms.replace.type",
        kafkas + "ReplaceField$Value",
        "transforms.replace.exclude",
        "note",
        "transforms.replace.renames",
        "name:title",
        "transforms.cast.type",
        kafkas + "Cast$Value",
        "transforms.cast.spec",
        "price:string",
        "transforms.route.type",
        kafkas + "RegexRouter",
        "transforms.route.regex",
        "bare\\.(.*)",
        "transforms.route.replacement",
        "renamed_$1");
    String rows = "SELECT * FROM renamed_items ORDER BY id";
    Chain.awaitRows(replica, rows, "1|pen|1.5|", "2|ink|null|");

    Chain.run(
        source,
        "UPDATE items SET name = 'pencil' WHERE id = 1",
        "DELETE FROM items WHERE id = 2",
        "INSERT INTO items VALUES (3, 'paper', 0.25, 's', 'n')");

    Chain.awaitRows(replica, rows, "1|pencil|1.5|", "3|paper|0.25|");
    assertThat(Chain.rows(replica, "SELECT name FROM pragma_table_info('renamed_items')"))
        .containsExactlyInAnyOrder("id", "title", "price", "secret");
  }

  @Test
  void ourSinkMakesWhatDebeziumsSourceHas() throws SQLException {
    execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, price float8, picture bytea)",
        "CREATE TABLE stock (item int NOT NULL, place text NOT NULL, quantity int,"
            + " PRIMARY KEY (item, place))",
        "INSERT INTO items VALUES (1, 'pen', 1.5, '\\x00ff'), (2, 'ink', NULL, NULL)",
        "INSERT INTO stock VALUES (1, 'north', 3), (1, 'south', 4), (2, 'north', NULL)");
    putDebeziumSource("theirs");
    Path replica = directory.resolve("replica.db");
    chain.sink("sqlite-sink", "ours", "theirs", replica, "topics.regex", "theirs\\.public\\..*");
    awaitReplica(replica);

    execute(
        "UPDATE items SET price = 2.25 WHERE id = 1",
        "DELETE FROM items WHERE id = 2",
        "INSERT INTO items VALUES (3, 'paper', 0, '')",
        "UPDATE stock SET place = 'west' WHERE place = 'south'",
        "DELETE FROM stock WHERE item = 2");
    awaitReplica(replica);
    execute("TRUNCATE stock", "INSERT INTO stock VALUES (7, 'it''s', 1)");
    awaitReplica(replica);
  }

  @Test
  void ourSinkMakesInPostgreSqlWhatDebeziumsSourceHas() throws SQLException {
    execute("CREATE EXTENSION hstore");
    execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, price float8, picture bytea)",
        "CREATE TABLE stock (item int NOT NULL, place text NOT NULL, quantity int,"
            + " PRIMARY KEY (item, place))",
        KINDS,
        "INSERT INTO items VALUES (1, 'pen', 1.5, '\\x00ff'), (2, 'ink', NULL, NULL)",
        "INSERT INTO stock VALUES (1, 'north', 3), (1, 'south', 4), (2, 'north', NULL)",
        A_KIND.formatted(1),
        "INSERT INTO kinds (id) VALUES (2)");
    String target = PostgresServer.shared().createDatabase();
    executeIn(target, "CREATE EXTENSION hstore");
    putDebeziumSource("whole");
    chain.sink(
        "postgresql-sink",
        "into-postgres",
        "whole",
        directory,
        "connection.url",
        target,
        "connection.user",
        "",
        "topics.regex",
        "whole\\.public\\..*");
    awaitSameTables(target);

    execute(
        "UPDATE items SET price = 2.25 WHERE id = 1",
        "DELETE FROM items WHERE id = 2",
        "INSERT INTO items VALUES (3, 'paper', 0, '')",
        "UPDATE stock SET place = 'west' WHERE place = 'south'",
        "DELETE FROM stock WHERE item = 2",
        A_KIND.formatted(3),
        "UPDATE kinds SET price = -0.01 WHERE id = 1",
        "UPDATE kinds SET id = 4 WHERE id = 2");
    awaitSameTables(target);
    execute("TRUNCATE stock", "INSERT INTO stock VALUES (7, 'it''s', 1)");
    awaitSameTables(target);
    assertThat(rows(target, "SELECT count(*) FROM stock")).containsExactly("1");
  }

  private void putDebeziumSink(String name, String topics, Map<String, String> settings) {
    Map<String, String> config = new HashMap<>(json());
    config.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
    config.put("topics.regex", topics);
    config.put("connection.url", postgres);
    config.put("connection.username", PostgresServer.USER);
    config.put("connection.password", "none");
    config.put("insert.mode", "upsert");
    config.put("delete.enabled", "true");
    config.put("primary.key.mode", "record_key");
    config.put("schema.evolution", "basic");
    config.put("use.reduction.buffer", "true");
    config.put("consumer.override.metadata.max.age.ms", "1000");
    config.putAll(settings);
    chain.connect().put(name, config);
    chain.connect().awaitRunning(name, LIMIT);
  }

  private void putDebeziumSource(String name) {
    String database = postgres.replaceAll(".*/([^?]+).*", "$1");
    Map<String, String> config = new HashMap<>(json());
    config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    config.put("topic.prefix", name);
    config.put("database.hostname", "127.0.0.1");
    config.put("database.port", String.valueOf(PostgresServer.shared().port()));
    config.put("database.user", PostgresServer.USER);
    config.put("database.password", "none");
    config.put("database.dbname", database);
    config.put("plugin.name", "pgoutput");
    config.put("slot.name", name);
    config.put("slot.drop.on.stop", "true");
    config.put("table.include.list", "public.*");
    config.put("skipped.operations", "none");
    config.put("interval.handling.mode", "string");
    config.put("hstore.handling.mode", "map");
    chain.connect().put(name, config);
    chain.connect().awaitRunning(name, LIMIT);
  }

  private static Map<String, String> json() {
    return Map.of(
        "key.converter", "org.apache.kafka.connect.json.JsonConverter",
        "value.converter", "org.apache.kafka.connect.json.JsonConverter",
        "value.converter.replace.null.with.default", "false");
  }

  private void awaitSame(Path source, String items, String stock) {
    awaitRows(THEIR_ITEMS.formatted(items), Chain.rows(source, ITEMS));
    awaitRows(STOCK.formatted(stock), Chain.rows(source, STOCK.formatted("stock")));
  }

  private void awaitReplica(Path replica) {
    String[] items = rows(postgres, THEIR_ITEMS.formatted("items")).toArray(String[]::new);
    String[] stock = rows(postgres, STOCK.formatted("stock")).toArray(String[]::new);
    Chain.awaitRows(replica, ITEMS, items);
    Chain.awaitRows(replica, STOCK.formatted("stock"), stock);
  }

  private void awaitSameTables(String target) {
    for (String table : List.of("items", "stock", "kinds")) {
      String query = "SELECT t::text FROM " + table + " t ORDER BY 1";
      awaitRows(target, query, rows(postgres, query));
    }
  }

  private void awaitRows(String query, String... expected) {
    awaitRows(query, List.of(expected));
  }

  private void awaitRows(String query, List<String> expected) {
    awaitRows(postgres, query, expected);
  }

  private static void awaitRows(String url, String query, List<String> expected) {
    Await.until(
        LIMIT,
        () -> rows(url, query).equals(expected),
        () -> query + " gives " + rows(url, query) + ", not " + expected);
  }

  private void execute(String... statements) throws SQLException {
    executeIn(postgres, statements);
  }

  private static void executeIn(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  /** The rows of a query as text; empty while it fails, as for a missing table. */
  private static List<String> rows(String url, String query) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(query)) {
      int width = results.getMetaData().getColumnCount();
      while (results.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= width; i++) {
          row.append(i == 1 ? "" : "|").append(results.getObject(i));
        }
        rows.add(row.toString());
      }
    } catch (SQLException e) {
      return List.of();
    }
    return rows;
  }
}
