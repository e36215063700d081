package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kinds of Connect worker that the plugins meet. */
class WorkersIT {
  private static final List<String> CLASSES =
      List.of(
          "io.distributary.source.DistributarySourceConnector",
          "io.distributary.sink.DistributarySinkConnector",
          "io.distributary.smt.ClaimCheckDeposit",
          "io.distributary.smt.ClaimCheckRedeem");

  @TempDir Path directory;

  @Test
  void theOldestWorkerRunsBothPlugins() throws Exception {
    Path source = source();
    Path replica = directory.resolve("replica.db");
    WorkerSettings settings =
        WorkerSettings.of(Chain.CHECKOUT.oldestWorker(), Chain.CHECKOUT.plugins());
    try (Stack stack = start(settings)) {
      Chain.over(stack)
          .source("sqlite-source-exactly-once", "old", source)
          .sink("sqlite-sink", "old-sink", "old", replica);
      Chain.awaitEqual(source, replica);
      Chain.run(source, "DELETE FROM t WHERE id = 1");
      Chain.awaitEqual(source, replica);
    }
  }

  @Test
  void theOldestWorkerRunsBothCapturesOfPostgresqlAndItsSink() throws Exception {
    PostgresServer server = PostgresServer.shared();
    WorkerSettings settings =
        WorkerSettings.of(Chain.CHECKOUT.oldestWorker(), Chain.CHECKOUT.plugins());
    try (Stack stack = start(settings)) {
      for (String capture : List.of("postgresql-source", "postgresql-source-trigger")) {
        String source = server.createDatabase();
        String replica = server.createDatabase();
        run(source, "CREATE TABLE t (id int PRIMARY KEY, day date)");
        run(source, "INSERT INTO t VALUES (1, '2026-11-21'), (2, '1582-10-10')");
        Chain.over(stack)
            .source(capture, capture, directory, "connection.url", source, "connection.user", "")
            .sink(
                "postgresql-sink",
                capture + "-sink",
                capture,
                directory,
                "connection.url",
                replica,
                "connection.user",
                "");
        awaitDays(replica, "[1 2026-11-21, 2 1582-10-10]");
        run(source, "UPDATE t SET day = 'infinity' WHERE id = 1");
        awaitDays(replica, "[1 infinity, 2 1582-10-10]");
      }
    }
  }

  private static void run(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void awaitDays(String url, String expected) {
    Await.until(
        Chain.LIMIT, () -> days(url).equals(expected), () -> "the replica has " + days(url));
  }

  private static String days(String url) {
    List<String> days = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id || ' ' || day FROM t ORDER BY id")) {
      while (row.next()) {
        days.add(row.getString(1));
      }
    } catch (SQLException e) {
      days.add(e.getMessage()); // not there yet
    }
    return days.toString();
  }

  @Test
  void theOldestWorkerRunsBothTransforms() throws Exception {
    Path source = source();
    Chain.run(
        source,
        "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
            + " INSERT INTO t SELECT i, 'name ' || i FROM n");
    Path replica = directory.resolve("replica.db");
    Path text = directory.resolve("t.txt");
    String claims = directory.resolve("claims").toString();
    List<Path> plugins = new ArrayList<>(Chain.CHECKOUT.plugins());
    plugins.add(Path.of("target/test-plugins").toAbsolutePath());
    Broker broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), directory.resolve("kafka"));
    String kafka = broker.bootstrapServers();
    Worker worker =
        new Worker(
            WorkerSettings.of(Chain.CHECKOUT.oldestWorker(), plugins),
            directory.resolve("connect"),
            kafka);
    try (Stack stack = Stack.start(broker, worker)) {
      Chain.over(stack)
          .source(
              "sqlite-source-claim-check",
              "old",
              source,
              "transforms.deposit.file.directory",
              claims,
              "signal.kafka.bootstrap.servers",
              kafka)
          .sink(
              "sqlite-sink-claim-check",
              "old-sink",
              "old",
              replica,
              "claim.file.directory",
              claims,
              "signal.kafka.bootstrap.servers",
              kafka)
          .sink(
              "file-sink-claim-check-redeem",
              "old-redeem",
              "old.t",
              text,
              "topics",
              "old.t",
              "file",
              text.toString(),
              "transforms.redeem.file.directory",
              claims);
      Chain.awaitEqual(source, replica);
      Await.until(
          "the rows put back",
          Chain.LIMIT,
          () -> Files.exists(text) && read(text).contains("Struct{id=2500,"));
      assertThat(Path.of(claims)).isNotEmptyDirectory();
    }
  }

  @Test
  void scanningFindsThePluginsAsTheServiceLoaderDoes() throws Exception {
    WorkerSettings settings =
        WorkerSettings.of(Chain.CHECKOUT.worker(), Chain.CHECKOUT.plugins())
            .with("plugin.discovery", "only_scan");
    try (Stack stack = start(settings)) {
      assertThat(classes(stack.connect().plugins())).containsAll(CLASSES);
    }
    assertThat(classes(Chain.shared().connect().plugins())).containsAll(CLASSES);
  }

  @Test
  void aStandaloneWorkerCannotRunASourceExactlyOnceAndIsToldSo() throws Exception {
    WorkerSettings settings =
        WorkerSettings.of(Chain.CHECKOUT.worker(), Chain.CHECKOUT.plugins())
            .withMode(WorkerSettings.Mode.STANDALONE);
    try (Stack stack = start(settings)) {
      Path file =
          Chain.CHECKOUT.root().resolve("connector-configs/sqlite-source-exactly-once.json");
      stack
          .connect()
          .put(file, Map.of("name", "alone", "connection.url", "jdbc:sqlite:" + source()));
      assertThat(stack.connect().awaitFailed("alone", Chain.LIMIT))
          .contains("exactly.once.support")
          .contains("distributed");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path source() throws Exception {
    Path source = directory.resolve("source.db");
    Chain.run(
        source,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    return source;
  }

  private Stack start(WorkerSettings settings) {
    Broker broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), directory.resolve("kafka"));
    return Stack.start(
        broker, new Worker(settings, directory.resolve("connect"), broker.bootstrapServers()));
  }

  private static List<String> classes(JsonNode plugins) {
    List<String> classes = new ArrayList<>();
    plugins.forEach(plugin -> classes.add(plugin.path("class").asText()));
    return classes;
  }
}
