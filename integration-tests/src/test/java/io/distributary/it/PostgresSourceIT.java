package io.distributary.it;

import io.distributary.it.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL as the source of the real chain: what works for SQLite works for it, too. */
@ParameterizedClass
@ValueSource(strings = {"postgresql-source", "postgresql-source-trigger"})
class PostgresSourceIT {
  private static final String[] SHOP = {
    "CREATE TABLE products (id int PRIMARY KEY, sku text, name text, weight float8)",
    "CREATE TABLE prices (product int, currency text, amount numeric(10,2), picture bytea,"
        + " PRIMARY KEY (product, currency))",
    "INSERT INTO products VALUES (1, 'a-1', 'Bowl', 0.5), (2, 'a-2', 'Lamp', 1.25)",
    "INSERT INTO prices VALUES (1, 'EUR', 12.99, '\\x00ff'), (2, 'EUR', 30, NULL)"
  };
  private static final String[] CHANGES = {
    "UPDATE prices SET amount = 13.49 WHERE product = 1",
    "DELETE FROM products WHERE id = 2",
    "UPDATE products SET id = 7 WHERE id = 1",
    "INSERT INTO products VALUES (3, 'a-3', 'Jar', NULL)"
  };
  private static final String[] BEFORE = {"1|a-1|Bowl|0.5", "2|a-2|Lamp|1.25"};
  private static final String[] AFTER = {"3|a-3|Jar|null", "7|a-1|Bowl|0.5"};
  private static final String PRODUCTS = "SELECT id, sku, name, weight FROM products ORDER BY id";
  private static final String PRICES =
      "SELECT product, currency, CAST(amount * 100 AS INTEGER), hex(picture) FROM prices ORDER BY 1";

  @Parameter String file;
  @TempDir Path directory;
  private String url;
  private Path replica;

  @BeforeEach
  void makeSource() throws Exception {
    url = PostgresServer.shared().createDatabase();
    replica = directory.resolve("replica.db");
    run(SHOP);
  }

  @Test
  void transactionEventsKeepAReplica() throws Exception {
    replicates("sqlite-sink", "pgtx");
  }

  @Test
  void rowEventsKeepAReplica() throws Exception {
    replicates("sqlite-sink", "pgrow", "events", "row");
  }

  @Test
  void rowEventsSpreadByKeyKeepAReplica() throws Exception {
    replicates("sqlite-sink", "pgkey", "events", "row", "ordering", "key");
  }

  @Test
  void oneTopicForAllTablesKeepsAReplica() throws Exception {
    replicates("sqlite-sink-one-topic", "pgone", "topic.layout", "source");
  }

  @Test
  void anExactlyOnceSourceKeepsAReplica() throws Exception {
    replicates(
        "sqlite-sink",
        "pgeos",
        "exactly.once.support",
        "required",
        "transaction.boundary",
        "connector",
        "offsets.storage.topic",
        "pgeos-offsets");
  }

  @Test
  void aTaskThatIsRestartedLosesNothing() throws Exception {
    Chain chain = Chain.shared();
    String name = named("pgagain");
    start(chain, "sqlite-sink", name);
    Chain.awaitRows(replica, PRODUCTS, BEFORE);
    chain.connect().restart(name);
    run(CHANGES);
    Chain.awaitRows(replica, PRODUCTS, AFTER);
    chain.end(name, name + "-sink");
  }

  private void replicates(String sink, String test, String... settings) throws Exception {
    Chain chain = Chain.shared();
    String name = named(test);
    start(chain, sink, name, settings);
    Chain.awaitRows(replica, PRODUCTS, BEFORE);
    Chain.awaitRows(replica, PRICES, "1|EUR|1299|00FF", "2|EUR|3000|");
    run(CHANGES);
    Chain.awaitRows(replica, PRODUCTS, AFTER);
    Chain.awaitRows(replica, PRICES, "1|EUR|1349|00FF", "2|EUR|3000|");
    chain.end(name, name + "-sink");
  }

  /** A name of which there is one per test and capture. */
  private String named(String test) {
    return file.endsWith("trigger") ? test + "-trigger" : test;
  }

  private void start(Chain chain, String sink, String name, String... settings) {
    List<String> all = new ArrayList<>(List.of("connection.url", url, "connection.user", ""));
    all.addAll(Arrays.asList(settings));
    chain
        .source(file, name, replica, all.toArray(String[]::new))
        .sink(sink, name + "-sink", name, replica);
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }
}
