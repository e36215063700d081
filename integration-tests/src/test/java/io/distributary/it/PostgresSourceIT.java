package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
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

  private static final String STOCK =
      "SELECT count(*), min(version), max(version), sum(length(note)) FROM stock";

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
  void oneTopicOfRowEventsForAllTablesKeepsAReplica() throws Exception {
    replicates("sqlite-sink-one-topic", "pgonerow", "topic.layout", "source", "events", "row");
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

  @Test
  void aTransactionThatIsTooLargeForKafkaIsOneRecordAndGoesThroughTheClaimCheck() throws Exception {
    run(
        "CREATE TABLE stock (id int PRIMARY KEY, version int, note text)",
        "INSERT INTO stock SELECT i, 1, 'note ' || i FROM generate_series(1, 20000) i");
    Chain chain = Chain.shared();
    String name = named("pgclaim");
    String claims = directory.resolve("claims").toString();
    chain
        .source(
            byTriggers() ? file : "postgresql-source-claim-check",
            name,
            replica,
            with(byTriggers() ? deposit(claims) : spooling(claims, chain.bootstrapServers())))
        .sink(
            "sqlite-sink-claim-check",
            name + "-sink",
            name,
            replica,
            "claim.file.directory",
            claims,
            "signal.kafka.bootstrap.servers",
            chain.bootstrapServers());
    Chain.awaitRows(replica, STOCK, "20000|1|1|" + lengths());

    run("UPDATE stock SET version = 2", "DELETE FROM stock WHERE id > 19990");

    Chain.awaitRows(replica, STOCK, "19990|2|2|" + lengths());
    assertThat(chain.records(name + ".public.stock")).isEqualTo(2);
    assertThat(ClaimChain.chunks(Path.of(claims))).isGreaterThanOrEqualTo(2 * 20);
    Chain.awaitRows(replica, PRODUCTS, BEFORE);
    chain.end(name, name + "-sink");
  }

  /** What the file for the other capture has. */
  private static String[] deposit(String claims) {
    return new String[] {
      "transforms",
      "deposit",
      "transforms.deposit.type",
      "io.distributary.smt.ClaimCheckDeposit",
      "transforms.deposit.store",
      "file",
      "transforms.deposit.file.directory",
      claims
    };
  }

  private static String[] spooling(String claims, String bootstrapServers) {
    return new String[] {
      "transaction.memory.bytes",
      "100000",
      "transforms.deposit.file.directory",
      claims,
      "signal.kafka.bootstrap.servers",
      bootstrapServers
    };
  }

  private String lengths() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sum(length(note)) FROM stock")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void signalsInTheDatabaseAndOnTheTopicAskForSnapshots() throws Exception {
    if (!byTriggers()) {
      run("CREATE TABLE distributary_signal (id serial, action text, table_name text)");
      run("ALTER TABLE distributary_signal ADD PRIMARY KEY (id)");
    }
    Chain chain = Chain.shared();
    String name = named("pgsignal");
    start(
        chain,
        "sqlite-sink",
        name,
        "signal.kafka.bootstrap.servers",
        chain.bootstrapServers(),
        "events",
        "row");
    Chain.awaitRows(replica, PRODUCTS, BEFORE);

    Chain.run(replica, "DELETE FROM products WHERE id = 1");
    run(
        "INSERT INTO %sdistributary_signal(action, table_name) VALUES ('snapshot', 'products')"
            .formatted(byTriggers() ? "distributary." : ""));
    Chain.awaitRows(replica, PRODUCTS, BEFORE);

    Chain.run(replica, "UPDATE products SET name = 'spoilt'");
    chain.send(name + ".signal", "{\"action\": \"snapshot\", \"table_name\": \"public.products\"}");
    Chain.awaitRows(replica, PRODUCTS, BEFORE);
    chain.end(name, name + "-sink");
  }

  @Test
  void aResetSourceSnapshotsItsTablesAgain() throws Exception {
    Chain chain = Chain.shared();
    String name = named("pgreset");
    start(chain, "sqlite-sink", name);
    Chain.awaitRows(replica, PRODUCTS, BEFORE);
    chain.connect().stop(name);
    chain.connect().awaitState(name, "STOPPED", Chain.LIMIT);
    Chain.run(replica, "DELETE FROM products WHERE id = 1");
    run("INSERT INTO products VALUES (3, 'a-3', 'Jar', NULL)");

    chain.connect().resetOffsets(name);
    chain.connect().resume(name);

    Chain.awaitRows(replica, PRODUCTS, BEFORE[0], BEFORE[1], AFTER[0]);
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
    return byTriggers() ? test + "-trigger" : test;
  }

  private boolean byTriggers() {
    return file.endsWith("trigger");
  }

  private void start(Chain chain, String sink, String name, String... settings) {
    chain.source(file, name, replica, with(settings)).sink(sink, name + "-sink", name, replica);
  }

  private String[] with(String... settings) {
    List<String> all = new ArrayList<>(List.of("connection.url", url, "connection.user", ""));
    all.addAll(Arrays.asList(settings));
    return all.toArray(String[]::new);
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
