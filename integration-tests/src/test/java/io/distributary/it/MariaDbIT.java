package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.mariadb.MariaDbServer;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite to MariaDB over a real broker and workers that are killed (kill -9) on the way. */
class MariaDbIT {
  private static final int ROUNDS = 4;
  private static final String ITEMS =
      "SELECT id, name, price * 1.0, hex(picture) FROM items ORDER BY id";
  private static final String PRICES =
      "SELECT product, currency, round(amount * 100) * 1.0 FROM prices ORDER BY product, currency";

  @TempDir Path directory;

  @Test
  void aReplicaInMariaDbEqualsItsSourceWhateverIsKilled() throws Exception {
    Path source = directory.resolve("source.db");
    String target = MariaDbServer.shared().createDatabase();
    Chain.run(
        source,
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL, picture BLOB)",
        "CREATE TABLE prices (product INTEGER, currency TEXT, amount DECIMAL(10,2),"
            + " PRIMARY KEY (product, currency))",
        "INSERT INTO items VALUES (1, 'Bowl', 0.5, x'00ff'), (2, 'Größe', 1.25, NULL)",
        "INSERT INTO prices VALUES (1, 'EUR', 12.99), (1, 'eur', 13.5)");
    try (Stack stack = start()) {
      Chain chain = Chain.over(stack);
      chain
          .source("sqlite-source-exactly-once", "maria", source)
          .sink("mariadb-sink", "maria-sink", "maria", source, toMariaDb(target));
      awaitEqual(source, target);
      Random random = new Random(20_261_121);
      for (int round = 0; round < ROUNDS; round++) {
        change(source, random, round);
        stack.worker().kill();
        change(source, random, round);
        stack.worker().start();
        change(source, random, round);
        snapshot(source);
      }
      stack.worker().awaitReady();
      awaitEqual(source, target);
      Await.until(
          Chain.LIMIT,
          () -> rows(target, "SELECT * FROM distributary_swap").isEmpty(),
          () -> "a swap that does not end");
    }
    assertThat(rows(target, "SHOW TABLES LIKE 'distributary_new%'")).isEmpty();
  }

  private static String[] toMariaDb(String url) {
    String server = url.replaceFirst("\\?.*", "");
    return new String[] {
      "connection.url",
      server,
      "connection.user",
      MariaDbServer.USER,
      "connection.password",
      "",
      "retry.backoff.ms",
      "200"
    };
  }

  private Stack start() {
    Broker broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), directory.resolve("kafka"));
    Worker worker =
        new Worker(
            WorkerSettings.of(Chain.CHECKOUT.worker(), Chain.CHECKOUT.plugins())
                .with("offset.flush.interval.ms", "1000"),
            directory.resolve("connect"),
            broker.bootstrapServers());
    return Stack.start(broker, worker);
  }

  private static void change(Path source, Random random, int round) throws SQLException {
    for (int i = 0; i < 20; i++) {
      int id = random.nextInt(40);
      Chain.run(
          source,
          "INSERT OR REPLACE INTO items VALUES ("
              + id
              + ", 'round "
              + round
              + "', "
              + random.nextInt(100)
              + ".25, randomblob(9))",
          "DELETE FROM items WHERE id = " + random.nextInt(40),
          "INSERT OR REPLACE INTO prices VALUES (" + id + ", 'EUR', " + random.nextInt(90) + ".5)",
          "DELETE FROM prices WHERE product = " + random.nextInt(40));
    }
  }

  private static void snapshot(Path source) throws SQLException {
    Chain.run(
        source, "INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', 'items')");
  }

  private static void awaitEqual(Path source, String target) {
    Await.until(
        Chain.LIMIT,
        () ->
            Chain.rows(source, ITEMS).equals(rows(target, ITEMS))
                && Chain.rows(source, PRICES).equals(rows(target, PRICES)),
        () -> Chain.rows(source, ITEMS) + " but MariaDB has " + rows(target, ITEMS));
  }

  /** The rows of a query; what cannot be read (yet) is told as a row. */
  private static List<String> rows(String url, String query) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          values.add(
              row.getObject(i) instanceof Double number
                  ? number.toString()
                  : String.valueOf(row.getString(i)));
        }
        rows.add(String.join("|", values));
      }
    } catch (SQLException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    return rows;
  }
}
