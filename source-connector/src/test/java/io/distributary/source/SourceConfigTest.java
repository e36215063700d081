package io.distributary.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.config.ConfigReference;
import io.distributary.source.emit.Events;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceConfigTest {
  @TempDir Path directory;

  @Test
  void everythingButWhereAndWhatHasADefault() {
    SourceConfig config =
        new SourceConfig(Map.of("connection.url", "jdbc:sqlite:x.db", "topic.prefix", "p"));
    assertThat(config.events()).isEqualTo(Events.ROW);
    assertThat(config.layout()).isEqualTo(TopicLayout.TABLE);
    assertThat(config.ordering()).isEqualTo(Ordering.TRANSACTION);
    assertThat(config.snapshot()).isEqualTo("initial");
    assertThat(config.includedTables()).isEmpty();
    assertThat(config.excludedTables()).isEmpty();
    assertThat(config.pollIntervalMs()).isEqualTo(10);
    assertThat(config.batchMaxRows()).isEqualTo(1000);
    assertThat(config.batchMaxBytes()).isEqualTo(900_000);
  }

  @Test
  void everythingCanBeSet() {
    SourceConfig config =
        new SourceConfig(
            Map.of(
                "connection.url", "jdbc:sqlite:x.db",
                "topic.prefix", "p",
                "events", "transaction",
                "topic.layout", "source",
                "snapshot", "never",
                "table.include.list", "a.*,b",
                "table.exclude.list", "abc",
                "poll.interval.ms", "250",
                "batch.max.rows", "7",
                "batch.max.bytes", "100"));
    assertThat(config.connectionUrl()).isEqualTo("jdbc:sqlite:x.db");
    assertThat(config.topicPrefix()).isEqualTo("p");
    assertThat(config.events()).isEqualTo(Events.TRANSACTION);
    assertThat(config.layout()).isEqualTo(TopicLayout.SOURCE);
    assertThat(config.snapshot()).isEqualTo("never");
    assertThat(config.includedTables()).containsExactly("a.*", "b");
    assertThat(config.excludedTables()).containsExactly("abc");
    assertThat(config.pollIntervalMs()).isEqualTo(250);
    assertThat(config.batchMaxRows()).isEqualTo(7);
    assertThat(config.batchMaxBytes()).isEqualTo(100);
    Map<String, String> byKey =
        Map.of("connection.url", "jdbc:sqlite:x.db", "topic.prefix", "p", "ordering", "key");
    assertThat(new SourceConfig(byKey).ordering()).isEqualTo(Ordering.KEY);
  }

  @Test
  void everyKeyIsDescribedForTheFormsOfUserInterfaces() {
    assertThat(SourceDefinition.DEFINITION.configKeys().values())
        .allSatisfy(
            key -> {
              assertThat(key.group).isNotBlank();
              assertThat(key.documentation).isNotBlank();
              assertThat(key.displayName).isNotBlank();
              assertThat(key.width).isNotNull();
            });
  }

  @Test
  void errorsStandOnTheKeyThatMustChange() throws Exception {
    assertThat(errors("connection.url", null)).containsOnlyKeys("connection.url");
    assertThat(errors("topic.prefix", "not legal")).containsOnlyKeys("topic.prefix");
    assertThat(errors("events", "both")).containsOnlyKeys("events");
    assertThat(errors("topic.layout", "x")).containsOnlyKeys("topic.layout");
    assertThat(errors("ordering", "x")).containsOnlyKeys("ordering");
    assertThat(errors("snapshot", "x")).containsOnlyKeys("snapshot");
    assertThat(errors("poll.interval.ms", "0")).containsOnlyKeys("poll.interval.ms");
    assertThat(errors("batch.max.rows", "-1")).containsOnlyKeys("batch.max.rows");
    assertThat(errors("batch.max.bytes", "none")).containsOnlyKeys("batch.max.bytes");
    assertThat(errors("table.include.list", "(")).containsOnlyKeys("table.include.list");
    assertThat(errors("table.exclude.list", "(")).containsOnlyKeys("table.exclude.list");
    assertThat(errors("signal.kafka.bootstrap.servers", "no port"))
        .containsOnlyKeys("signal.kafka.bootstrap.servers");
    assertThat(errors("exactly.once.support", "required")).containsOnlyKeys("transaction.boundary");
    assertThat(errors("ordering", "key", "events", "transaction")).containsOnlyKeys("ordering");
    assertThat(errors("ordering", "key", "topic.layout", "source")).containsOnlyKeys("ordering");
  }

  @Test
  void theDatabaseIsTried() throws Exception {
    String missing = "jdbc:sqlite:" + directory.resolve("missing.db");
    assertThat(errors("connection.url", missing).get("connection.url").toString())
        .contains("missing.db");
    assertThat(directory.resolve("missing.db")).as("a source is never created").doesNotExist();

    Path text = Files.writeString(directory.resolve("text.db"), "no database, but text".repeat(99));
    assertThat(errors("connection.url", "jdbc:sqlite:" + text)).containsOnlyKeys("connection.url");
    assertThat(errors("connection.url", "jdbc:oracle:thin:secret@x").get("connection.url").get(0))
        .contains("jdbc:oracle:")
        .contains("jdbc:sqlite:")
        .doesNotContain("secret");
    assertThat(errors()).isEmpty();
  }

  @Test
  void aVirtualTableThatIsNamedIsRefused() throws Exception {
    Path file = database();
    run(file, "CREATE VIRTUAL TABLE words USING fts5(word)");
    String url = "jdbc:sqlite:" + file;
    assertThat(errors("connection.url", url, "table.include.list", "words"))
        .containsOnlyKeys("table.include.list");
  }

  @Test
  void aTableThatIsNamedMustExist() throws Exception {
    assertThat(errors("table.include.list", "t,typo").get("table.include.list").toString())
        .contains("typo");
    assertThat(errors("table.include.list", "t,ty.*")).isEmpty();
  }

  @Test
  void tablesThatWouldShareATopicAreAnErrorOfTheList() throws Exception {
    run(database(), "CREATE TABLE \"a b\" (id INTEGER PRIMARY KEY)");
    run(database(), "CREATE TABLE a_b (id INTEGER PRIMARY KEY)");
    assertThat(errors()).containsOnlyKeys("table.include.list");
    assertThat(errors("table.exclude.list", "a b")).isEmpty();
  }

  @Test
  void offsetsOfOthersAndOfNoMeaningAreRefused() {
    DistributarySourceConnector connector = new DistributarySourceConnector();
    Map<String, String> settings = Map.of("topic.prefix", "p");
    Map<String, String> own = Map.of("source", "p");
    Map<Map<String, ?>, Map<String, ?>> reset = new HashMap<>();
    reset.put(own, null);
    assertThat(connector.alterOffsets(settings, reset)).isTrue();
    assertThat(connector.alterOffsets(settings, Map.of(own, Map.of("epoch", "e", "lsn", 5))))
        .isTrue();
    assertThat(connector.alterOffsets(settings, Map.of(own, Map.of("state", "beginning"))))
        .as("what GET offsets shows before the first transaction is whole")
        .isTrue();
    assertThatThrownBy(
            () -> connector.alterOffsets(settings, Map.of(Map.of("source", "q"), Map.of())))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("source=p");
    assertThatThrownBy(() -> connector.alterOffsets(settings, Map.of(own, Map.of("lsn", "x"))))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("epoch");
  }

  @Test
  void aConfigurationThatCannotKeepItsPromiseIsNotBuilt() {
    Map<String, String> settings =
        Map.of(
            "connection.url", "jdbc:sqlite:x.db",
            "topic.prefix", "p",
            "ordering", "key",
            "events", "transaction");
    assertThatThrownBy(() -> new SourceConfig(settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ordering");
  }

  @Test
  void theReferenceInTheDocsIsUpToDate() throws Exception {
    Path file = Path.of("../docs/configuration.md");
    String reference = ConfigReference.markdown(SourceDefinition.DEFINITION);
    if (Boolean.getBoolean("docs.write")) {
      ConfigReference.write(file, "source", reference);
    }
    assertThat(ConfigReference.read(file, "source"))
        .as("docs/configuration.md; write it anew with ./mvnw test -Ddocs.write=true")
        .isEqualTo(reference);
  }

  private Path database() throws SQLException {
    Path file = directory.resolve("source.db");
    if (!Files.exists(file)) {
      run(file, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    }
    return file;
  }

  private static void run(Path file, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Map<String, List<String>> errors(String... settings) throws SQLException {
    Map<String, String> all = new HashMap<>();
    all.put("name", "n");
    all.put("connection.url", "jdbc:sqlite:" + database());
    all.put("topic.prefix", "p");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    all.values().removeIf(value -> value == null);
    Map<String, List<String>> errors = new TreeMap<>();
    for (ConfigValue value : new DistributarySourceConnector().validate(all).configValues()) {
      if (!value.errorMessages().isEmpty()) {
        errors.put(value.name(), value.errorMessages());
      }
    }
    return errors;
  }
}
