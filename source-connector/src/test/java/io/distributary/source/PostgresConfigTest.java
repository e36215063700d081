package io.distributary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The settings that only PostgreSQL has, and what a look at its server says of all. */
class PostgresConfigTest {
  private String url;

  @BeforeEach
  void makeSource() throws SQLException {
    url = PostgresServer.shared().createDatabase();
    run("CREATE TABLE prices(id int PRIMARY KEY, cents int)");
  }

  @Test
  void everythingHasADefault() {
    SourceConfig config = new SourceConfig(Map.of("connection.url", url, "topic.prefix", "p"));
    assertThat(config.capture()).isEqualTo("auto");
    assertThat(config.connectionUser()).isEmpty();
    assertThat(config.connectionPassword()).isEmpty();
    assertThat(config.slotName()).isEmpty();
    assertThat(config.publicationName()).isEmpty();
    assertThat(config.heartbeatIntervalMs()).isEqualTo(10_000);
    assertThat(config.transactionMemoryBytes()).isEqualTo(64 << 20);
    assertThat(config.spoolDirectory()).isEmpty();
    assertThat(config.triggerSchema()).isEqualTo("distributary");
    assertThat(config.debezium()).isEmpty();
  }

  @Test
  void everythingCanBeSet() {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.url", url);
    settings.put("topic.prefix", "p");
    settings.put("capture", "trigger");
    settings.put("connection.user", "anna");
    settings.put("connection.password", "secret");
    settings.put("slot.name", "my_slot");
    settings.put("publication.name", "my-publication");
    settings.put("heartbeat.interval.ms", "500");
    settings.put("transaction.memory.bytes", "0");
    settings.put("transaction.spool.directory", "/spool");
    settings.put("trigger.schema", "captured");
    settings.put("debezium.snapshot.fetch.size", "77");
    SourceConfig config = new SourceConfig(settings);
    assertThat(config.capture()).isEqualTo("trigger");
    assertThat(config.connectionUser()).isEqualTo("anna");
    assertThat(config.connectionPassword()).isEqualTo("secret");
    assertThat(config.slotName()).isEqualTo("my_slot");
    assertThat(config.publicationName()).isEqualTo("my-publication");
    assertThat(config.heartbeatIntervalMs()).isEqualTo(500);
    assertThat(config.transactionMemoryBytes()).isZero();
    assertThat(config.spoolDirectory()).isEqualTo("/spool");
    assertThat(config.triggerSchema()).isEqualTo("captured");
    assertThat(config.debezium()).isEqualTo(Map.of("snapshot.fetch.size", "77"));
  }

  @Test
  void errorsStandOnTheKeyThatMustChange() throws Exception {
    assertThat(errors()).isEmpty();
    assertThat(errors("capture", "version")).containsOnlyKeys("capture");
    assertThat(errors("slot.name", "Upper")).containsOnlyKeys("slot.name");
    assertThat(errors("slot.name", "a".repeat(51))).containsOnlyKeys("slot.name");
    assertThat(errors("publication.name", "Upper")).containsOnlyKeys("publication.name");
    assertThat(errors("publication.name", "a b")).containsOnlyKeys("publication.name");
    assertThat(errors("heartbeat.interval.ms", "1")).containsOnlyKeys("heartbeat.interval.ms");
    assertThat(errors("transaction.memory.bytes", "-1"))
        .containsOnlyKeys("transaction.memory.bytes");
    assertThat(errors("trigger.schema", "pg_mine", "capture", "trigger"))
        .containsOnlyKeys("trigger.schema");
    assertThat(errors("trigger.schema", "ä".repeat(21))).containsOnlyKeys("trigger.schema");
    assertThat(errors("trigger.schema", "ä".repeat(20))).isEmpty();
    assertThat(errors("table.include.list", "public.none")).containsOnlyKeys("table.include.list");
    assertThat(errors("connection.url", "jdbc:postgresql://127.0.0.1:1/x?user=u"))
        .containsOnlyKeys("connection.url");
    assertThat(errors("debezium.slot.name", "other", "debezium.max.batch.size", "many"))
        .containsOnlyKeys("debezium.slot.name", "debezium.max.batch.size");
    assertThat(errors("debezium.column.exclude.list", ".*[.]id"))
        .containsOnlyKeys("debezium.column.exclude.list");
    assertThat(errors("debezium.column.exclude.list", ".*[.]cents")).isEmpty();
  }

  @Test
  void aSlotOfAnotherKindAndAPublicationThatLeavesOutAreErrorsOfTheirKeys() throws Exception {
    String slot = url.replaceAll(".*/(.*)\\?.*", "$1_other");
    run("SELECT pg_create_logical_replication_slot('" + slot + "', 'test_decoding')");
    run("CREATE PUBLICATION inserts FOR TABLE prices WITH (publish = 'insert')");
    assertThat(errors("slot.name", slot)).containsOnlyKeys("slot.name");
    assertThat(errors("publication.name", "inserts")).containsOnlyKeys("publication.name");
    run("SELECT pg_drop_replication_slot('" + slot + "')");
  }

  /** A user before an @ is no part of PostgreSQL's URLs, and would be shown with the host. */
  @Test
  void aPasswordInTheWrongPlaceOfTheUrlIsNotShown() throws Exception {
    for (String capture : List.of("wal", "trigger")) {
      Map<String, List<String>> errors =
          errors(
              "connection.url",
              "jdbc:postgresql://anna:secret@127.0.0.1:1/x",
              "connection.user",
              "anna",
              "capture",
              capture);
      assertThat(errors).containsOnlyKeys("connection.url");
      assertThat(errors.toString()).contains("connection.user").doesNotContain("secret");
    }
  }

  private Map<String, List<String>> errors(String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("name", "n");
    all.put("connection.url", url);
    all.put("topic.prefix", "p");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    Map<String, List<String>> errors = new TreeMap<>();
    for (ConfigValue value : new DistributarySourceConnector().validate(all).configValues()) {
      if (!value.errorMessages().isEmpty()) {
        errors.put(value.name(), value.errorMessages());
      }
    }
    return errors;
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
