package io.distributary.it.containers;

import static org.junit.jupiter.api.Assumptions.abort;

import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A SQLite database replicated into a PostgreSQL that runs in a container, through a real broker
 * and Connect worker. Skipped, with the reason on the console, where no container engine answers or
 * no image is to be had.
 */
class ContainersIT {
  private static final Checkout CHECKOUT = Checkout.around(Path.of(""));
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String IMAGE = System.getProperty("containers.postgres.image");
  private static final String ROWS = "SELECT id, name, amount FROM prices ORDER BY id";

  @TempDir Path directory;
  private Path source;

  @Test
  void aPostgresInAContainerFollowsASqliteSource() throws Exception {
    source = directory.resolve("source.db");
    try (PostgreSQLContainer postgres = postgres();
        Stack stack = stack()) {
      run(
          "CREATE TABLE prices (id INTEGER PRIMARY KEY, name TEXT, amount DECIMAL(10,2))",
          "INSERT INTO prices VALUES (1, 'Bowl', 12.99), (2, 'Lämp', NULL)");
      put(stack, "sqlite-source-transaction", Map.of("connection.url", url()));
      put(
          stack,
          "sqlite-sink",
          Map.of(
              "connection.url", postgres.getJdbcUrl(),
              "connection.user", postgres.getUsername(),
              "connection.password", postgres.getPassword()));
      awaitRows(postgres, "1|Bowl|12.99", "2|Lämp|null");

      run(
          "UPDATE prices SET amount = 13.49 WHERE id = 1",
          "DELETE FROM prices WHERE id = 2",
          "INSERT INTO prices VALUES (3, 'Jar', 0.01)");
      awaitRows(postgres, "1|Bowl|13.49", "3|Jar|0.01");
    }
  }

  private static PostgreSQLContainer postgres() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      skip("no container engine answers; start one, or set DOCKER_HOST");
    }
    PostgreSQLContainer postgres =
        new PostgreSQLContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("postgres"));
    try {
      postgres.start();
    } catch (ContainerFetchException e) {
      skip(
          "there is no image "
              + IMAGE
              + ", and none could be pulled; pull it, or name another with"
              + " -Dcontainers.postgres.image");
    }
    return postgres;
  }

  private static void skip(String reason) {
    System.out.println("SKIPPED, nothing was tested: " + reason);
    abort(reason);
  }

  private Stack stack() {
    Broker broker = Broker.onFreePorts(CHECKOUT.broker(), directory.resolve("kafka"));
    return Stack.start(
        broker,
        new Worker(
            WorkerSettings.of(CHECKOUT.worker(), CHECKOUT.plugins()),
            directory.resolve("connect"),
            broker.bootstrapServers()));
  }

  private static void put(Stack stack, String file, Map<String, String> settings) {
    String name =
        stack
            .connect()
            .put(CHECKOUT.root().resolve("connector-configs").resolve(file + ".json"), settings);
    stack.connect().awaitRunning(name, LIMIT);
  }

  private String url() {
    return "jdbc:sqlite:" + source;
  }

  /** In one transaction. */
  private void run(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  private static void awaitRows(PostgreSQLContainer postgres, String... expected) {
    Await.until(
        LIMIT,
        () -> rows(postgres).equals(List.of(expected)),
        () -> "PostgreSQL has " + rows(postgres) + ", not " + List.of(expected));
  }

  /** The rows, each as text; what is wrong while there is no such table. */
  private static List<String> rows(PostgreSQLContainer postgres) {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword());
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(ROWS)) {
      while (results.next()) {
        rows.add(results.getString(1) + "|" + results.getString(2) + "|" + results.getString(3));
      }
    } catch (SQLException e) {
      return List.of(e.getMessage());
    }
    return rows;
  }
}
