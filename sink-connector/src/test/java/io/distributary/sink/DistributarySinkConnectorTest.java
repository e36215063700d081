package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.sink.write.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributarySinkConnectorTest {
  private final DistributarySinkConnector connector = new DistributarySinkConnector();
  @TempDir private Path directory;

  private String url() {
    return "jdbc:sqlite:" + directory.resolve("replica.db");
  }

  private Map<String, String> config(String... more) {
    Map<String, String> config = new HashMap<>();
    config.put("name", "replica");
    config.put("connection.url", url());
    config.put("auto.create", "true");
    for (int i = 0; i < more.length; i += 2) {
      config.put(more[i], more[i + 1]);
    }
    return config;
  }

  private Map<String, List<String>> errors(Map<String, String> config) {
    Map<String, List<String>> errors = new HashMap<>();
    for (ConfigValue value : connector.validate(config).configValues()) {
      if (!value.errorMessages().isEmpty()) {
        errors.put(value.name(), value.errorMessages());
      }
    }
    return errors;
  }

  @Test
  void itIsFoundAsAService() {
    assertThat(ServiceLoader.load(SinkConnector.class))
        .anyMatch(found -> found instanceof DistributarySinkConnector);
  }

  @Test
  void aSoundConfigurationHasNoErrors() {
    assertThat(errors(config())).isEmpty();
    assertThat(directory.resolve("replica.db")).doesNotExist();
  }

  @Test
  void errorsStandOnTheKeyThatMustChange() {
    assertThat(errors(Map.of("name", "x"))).containsOnlyKeys("connection.url");
    assertThat(errors(config("connection.url", "jdbc:oracle:thin:secret")))
        .hasEntrySatisfying(
            "connection.url",
            messages ->
                assertThat(messages.toString()).contains("jdbc:sqlite:").doesNotContain("secret"));
    assertThat(errors(config("table.mapping", "a:"))).containsOnlyKeys("table.mapping");
    assertThat(errors(config("unit.timeout.ms", "1"))).containsOnlyKeys("unit.timeout.ms");
    assertThat(errors(config("relation.a.handler", "no.Such")))
        .containsOnlyKeys("relation.a.handler");
  }

  @Test
  void theTargetIsTried() {
    assertThat(errors(config("connection.url", "jdbc:sqlite:" + directory.resolve("no/such/x.db"))))
        .containsOnlyKeys("connection.url");
    assertThat(errors(config("auto.create", "false", "table.mapping", "a:b")))
        .containsOnlyKeys("table.mapping");
  }

  @Test
  void aClaimStoreThatIsConfiguredIsTried() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(errors(config("claim.store", "file"))).containsOnlyKeys("claim.file.directory");
    assertThat(errors(config("claim.file.directory", "relative")))
        .containsOnlyKeys("claim.file.directory");
    assertThat(errors(config("claim.file.directory", file.toString()))).isNotEmpty();
    assertThat(errors(config("claim.file.directory", directory.toString()))).isEmpty();
    assertThat(errors(config("claim.store", "cassandra")))
        .containsOnlyKeys("claim.cassandra.contact.points");
  }

  @Test
  void whoWaitsForSnapshotsMustBeAbleToAsk() {
    assertThat(errors(config("claim.expired", "snapshot")))
        .containsOnlyKeys("signal.kafka.bootstrap.servers");
    assertThat(
            errors(
                config(
                    "claim.expired", "snapshot", "signal.kafka.bootstrap.servers", "localhost:1")))
        .isEmpty();
  }

  @Test
  void aSqliteFileHasOneTask() {
    connector.start(config());

    assertThat(connector.taskConfigs(4)).hasSize(1);
    assertThat(connector.taskConfigs(4).get(0)).containsEntry("name", "replica");
    assertThat(connector.taskClass()).isEqualTo(DistributarySinkTask.class);
  }

  @Test
  void alteredOffsetsRewindTheCheckpoints() throws SQLException {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(SourceTopic.update("e", 1), SourceTopic.set(1, 10));
    topic.batch(SourceTopic.update("e", 2), SourceTopic.set(2, 20));
    TopicPartition partition = new TopicPartition("shop.prices", 0);
    FakeWorker worker = worker().holds(topic.records()).start().drain();
    worker.delivery().close();
    execute("DELETE FROM prices");

    assertThat(connector.alterOffsets(config(), Map.of(partition, 1L))).isTrue();
    worker = worker().holds(topic.records()).start().drain();
    worker.delivery().close();
    assertThat(count()).isEqualTo(1);

    Map<TopicPartition, Long> reset = new HashMap<>();
    reset.put(partition, null);
    assertThat(connector.alterOffsets(config(), reset)).isTrue();
    worker = worker().holds(topic.records()).start().drain();
    worker.delivery().close();
    assertThat(count()).isEqualTo(2);
  }

  private FakeWorker worker() {
    SinkConfig config = new SinkConfig(config());
    return new FakeWorker(() -> Targets.open(config.target()));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int count() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        var statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM prices")) {
      return result.getInt(1);
    }
  }
}
