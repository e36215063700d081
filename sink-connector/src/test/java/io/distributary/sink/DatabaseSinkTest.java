package io.distributary.sink;

import static io.distributary.sink.SourceTopic.read;
import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.snapshot;
import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.it.mariadb.MariaDbServer;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.sink.write.Targets;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole sink on a real database of each kind. */
@ParameterizedClass
@ValueSource(strings = {"SQLite", "PostgreSQL", "MariaDB"})
class DatabaseSinkTest {
  @TempDir private Path directory;
  @Parameter private String database;
  private String url;

  @BeforeEach
  void createDatabase() throws SQLException {
    url =
        switch (database) {
          case "PostgreSQL" -> PostgresServer.shared().createDatabase();
          case "MariaDB" -> MariaDbServer.shared().createDatabase();
          default -> "jdbc:sqlite:" + directory.resolve("replica.db");
        };
  }

  private Map<String, String> config(String snapshots) {
    return Map.of(
        "name",
        "replica",
        "connection.url",
        url,
        "auto.create",
        "true",
        "snapshot.mode",
        snapshots);
  }

  private FakeWorker worker(String snapshots) {
    SinkConfig config = new SinkConfig(config(snapshots));
    return new FakeWorker(() -> Targets.open(config.target()));
  }

  private Map<Long, Object> prices() throws SQLException {
    Map<Long, Object> rows = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT id, price FROM prices")) {
      while (result.next()) {
        rows.put(result.getLong(1), result.getLong(2));
      }
    }
    return rows;
  }

  @Test
  void anOpenUnitIsInvisibleToReaders() throws SQLException {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(snapshot("e", 1), read(1, 10));
    topic.part(update("e", 2), 0, false, set(1, 11)).part(update("e", 2), 1, true, set(2, 20));
    FakeWorker worker = worker("swap").holds(topic.records()).start();

    worker.poll(1);
    worker.poll(1);
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
    worker.poll(1);
    assertThat(prices()).isEqualTo(Map.of(1L, 11L, 2L, 20L));
    worker.delivery().close();
  }

  @Test
  void aZombieIsFenced() throws SQLException {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(update("e", 1), set(1, 10)).batch(update("e", 2), set(2, 20));
    FakeWorker zombie = worker("swap").holds(topic.records()).start();
    zombie.poll(1);
    FakeWorker heir = worker("swap").holds(topic.records()).start();

    assertThatThrownBy(() -> zombie.poll(1))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Another task has taken over");
    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
    heir.drain();
    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    zombie.delivery().close();
    heir.delivery().close();
  }

  @Test
  void toleratedBadRowsAreReportedAndTheRestOfTheirUnitIsThere() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE prices(id INTEGER PRIMARY KEY, price INTEGER CHECK (price > 0))");
    }
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(update("e", 1), set(1, 10), set(2, -5), set(3, 30));

    FakeWorker worker = worker("swap").tolerant().holds(topic.records()).start().drain();
    worker.delivery().close();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L, 3L, 30L));
    assertThat(worker.reported()).hasSize(1);
    assertThat(worker.reasons().get(0)).hasMessageContaining("prices");
  }

  @Test
  void theTaskShowsItsMetricsWhileItRuns() throws Exception {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(update("e", 7), set(1, 10), set(2, 20));
    TopicPartition partition = new TopicPartition("shop.prices", 0);
    ObjectName name = new ObjectName("io.distributary:type=sink,name=replica,task=0");
    var server = ManagementFactory.getPlatformMBeanServer();
    DistributarySinkTask task = new DistributarySinkTask();
    task.initialize(new FakeWorker(new FakeDatabase()));

    task.start(config("swap"));
    task.open(List.of(partition));
    task.put(List.of());
    task.put(topic.records());

    assertThat(server.getAttribute(name, "RowsApplied")).isEqualTo(2L);
    assertThat(server.getAttribute(name, "UnitsApplied")).isEqualTo(1L);
    var lsns = (TabularData) server.getAttribute(name, "LastLsns");
    assertThat(lsns.get(new Object[] {"shop.prices-0"}).get("value")).isEqualTo(7L);

    task.close(List.of(partition));
    task.stop();
    assertThat(server.isRegistered(name)).isFalse();
  }
}
