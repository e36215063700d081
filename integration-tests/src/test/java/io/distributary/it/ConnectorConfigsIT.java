package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file of {@code connector-configs/} is valid, runs, and does what its README says. */
class ConnectorConfigsIT {
  private static final String[] SHOP = {
    "CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT, name TEXT, weight REAL)",
    "CREATE TABLE prices (product INTEGER, currency TEXT, amount DECIMAL(10,2), picture BLOB,"
        + " PRIMARY KEY (product, currency))",
    "INSERT INTO products VALUES (1, 'a-1', 'Bowl', 0.5), (2, 'a-2', 'Lamp', 1.25)",
    "INSERT INTO prices VALUES (1, 'EUR', 12.99, x'00ff'), (2, 'EUR', 30, NULL)"
  };
  private static final String[] CHANGES = {
    "UPDATE prices SET amount = 13.49 WHERE product = 1",
    "DELETE FROM products WHERE id = 2",
    "INSERT INTO products VALUES (3, 'a-3', 'Jar', NULL)"
  };
  private static final String PRODUCTS = "SELECT id, name FROM products ORDER BY id";

  @TempDir Path directory;
  private Path source;
  private Chain chain;

  @BeforeEach
  void makeSource() throws Exception {
    source = directory.resolve("source.db");
    Chain.run(source, SHOP);
    chain = Chain.shared();
  }

  @Test
  void transactionEventsKeepEveryKindOfReplica() throws Exception {
    Path replica = directory.resolve("replica.db");
    Path merged = directory.resolve("merged.db");
    Path soft = directory.resolve("soft.db");
    Path kept = directory.resolve("kept.db");
    Path mapped = directory.resolve("mapped.db");
    Path strict = directory.resolve("strict.db");
    chain
        .source("sqlite-source-transaction", "tx", source)
        .sink("sqlite-sink", "tx-sink", "tx", replica)
        .sink("sqlite-sink-merge", "tx-merge", "tx", merged)
        .sink("sqlite-sink-soft-delete", "tx-soft", "tx", soft)
        .sink("sqlite-sink-keep-deleted", "tx-kept", "tx", kept)
        .sink("sqlite-sink-mapped", "tx-mapped", "tx", mapped)
        .sink("sqlite-sink-dead-letter-queue", "tx-dlq", "tx", strict);
    for (Path file : new Path[] {replica, merged, soft, kept, strict}) {
      Chain.awaitRows(file, PRODUCTS, "1|Bowl", "2|Lamp");
    }
    Chain.run(source, CHANGES);
    Chain.awaitEqual(source, replica);
    Chain.awaitEqual(source, merged);
    Chain.awaitEqual(source, strict);
    Chain.awaitRows(soft, "SELECT id, __deleted FROM products ORDER BY id", "1|0", "2|1", "3|0");
    Chain.awaitRows(kept, PRODUCTS, "1|Bowl", "2|Lamp", "3|Jar");
    Chain.awaitRows(
        mapped, "SELECT id, sku, title FROM catalog ORDER BY id", "1|a-1|Bowl", "3|a-3|Jar");
    chain.end("tx", "tx-sink", "tx-merge", "tx-soft", "tx-kept", "tx-mapped", "tx-dlq");
  }

  @Test
  void rowEventsKeepAReplica() throws Exception {
    replicates("sqlite-source-row", "sqlite-sink", "rows");
  }

  @Test
  void rowEventsSpreadByKeyKeepAReplica() throws Exception {
    replicates("sqlite-source-row-by-key", "sqlite-sink", "bykey");
  }

  @Test
  void oneTopicForAllTablesKeepsAReplica() throws Exception {
    replicates("sqlite-source-one-topic", "sqlite-sink-one-topic", "one");
  }

  @Test
  void anExactlyOnceSourceKeepsAReplica() throws Exception {
    replicates("sqlite-source-exactly-once", "sqlite-sink", "eos");
  }

  @Test
  void recordsWithoutSchemasKeepAReplicaWhoseTablesAreThere() throws Exception {
    Path replica = directory.resolve("replica.db");
    Chain.run(replica, SHOP[0], SHOP[1]);
    chain
        .source("sqlite-source-schemaless", "bare", source)
        .sink("sqlite-sink-schemaless", "bare-sink", "bare", replica);
    Chain.awaitEqual(source, replica);
    Chain.run(source, CHANGES);
    Chain.awaitEqual(source, replica);
    chain.end("bare", "bare-sink");
  }

  @Test
  void aPostgresqlReplicaFollows() throws Exception {
    String url = PostgresServer.shared().createDatabase();
    chain
        .source("sqlite-source-transaction", "pg", source)
        .sink("postgresql-sink", "pg-sink", "pg", directory, "connection.url", url);
    awaitPostgresql(url, "1|Bowl", "2|Lamp");
    Chain.run(source, CHANGES);
    awaitPostgresql(url, "1|Bowl", "3|Jar");
    chain.end("pg", "pg-sink");
  }

  private static void awaitPostgresql(String url, String... expected) {
    Await.until(
        Chain.LIMIT,
        () -> postgresql(url).equals(List.of(expected)),
        () -> "products are " + postgresql(url));
  }

  /** The products; none where the table is not there yet. */
  private static List<String> postgresql(String url) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id || '|' || name FROM products ORDER BY id")) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    } catch (SQLException e) {
      rows.add(e.getMessage());
    }
    return rows;
  }

  private void replicates(String sourceFile, String sinkFile, String name) throws Exception {
    Path replica = directory.resolve("replica.db");
    chain.source(sourceFile, name, source).sink(sinkFile, name + "-sink", name, replica);
    Chain.awaitEqual(source, replica);
    Chain.run(source, CHANGES);
    Chain.awaitEqual(source, replica);
    chain.end(name, name + "-sink");
  }

  @Test
  void noFileIsLeftOut() throws IOException {
    Path own = Chain.CHECKOUT.root().resolve("integration-tests/src/test/java/io/distributary/it");
    String tests =
        Files.readString(own.resolve("ConnectorConfigsIT.java"))
            + Files.readString(own.resolve("ClaimCheckIT.java"))
            + Files.readString(own.resolve("MariaDbIT.java"))
            + Files.readString(own.resolve("PostgresSourceIT.java"))
            + Files.readString(own.resolve("AvroIT.java"))
            + Files.readString(own.resolve("ConfluentConfigsTest.java"));
    Path folder = Chain.CHECKOUT.root().resolve("connector-configs");
    String readme = Files.readString(folder.resolve("README.md"));
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> untested =
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.endsWith(".json"))
              .map(file -> file.replace(".json", ""))
              .filter(file -> !tests.contains('"' + file + '"') || !readme.contains(file + ".json"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(untested).as("files without a test or without a line in the README").isEmpty();
    }
  }
}
