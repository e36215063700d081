package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.config.ConfigReference;
import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.CustomStatements;
import io.distributary.sink.write.DeleteMode;
import io.distributary.sink.write.MissingColumns;
import io.distributary.sink.write.RelationHandler;
import io.distributary.sink.write.Route;
import io.distributary.sink.write.SnapshotMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class SinkConfigTest {
  /** A handler that does nothing. */
  public static final class Nothing implements RelationHandler {
    @Override
    public void apply(Connection connection, Table table, List<Change> changes) {}

    @Override
    public void clear(Connection connection, Table table) {}
  }

  @Test
  void onlyTheUrlIsRequired() {
    SinkConfig config =
        new SinkConfig(Map.of("name", "replica", "connection.url", "jdbc:sqlite:/tmp/r.db"));

    assertThat(config.target().sink()).isEqualTo("replica");
    assertThat(config.target().url()).isEqualTo("jdbc:sqlite:/tmp/r.db");
    assertThat(config.target().user()).isNull();
    assertThat(config.target().password()).isNull();
    assertThat(config.target().deletes()).isEqualTo(DeleteMode.HARD);
    assertThat(config.target().deleteMarker()).isEqualTo("__deleted");
    assertThat(config.target().snapshots()).isEqualTo(SnapshotMode.SWAP);
    assertThat(config.target().autoCreate()).isFalse();
    assertThat(config.target().autoEvolve()).isFalse();
    assertThat(config.target().missingColumns()).isEqualTo(MissingColumns.FAIL);
    assertThat(config.target().routes()).isEmpty();
    assertThat(config.target().statements()).isEmpty();
    assertThat(config.target().handlers()).isEmpty();
    assertThat(config.delivery())
        .isEqualTo(
            new Settings(
                Duration.ofSeconds(60),
                10,
                Duration.ofMillis(500),
                WithoutHistory.SNAPSHOT,
                ClaimExpired.FAIL,
                false));
  }

  @Test
  void everySettingCounts() {
    SinkConfig config =
        new SinkConfig(
            Map.ofEntries(
                Map.entry("name", "replica"),
                Map.entry("connection.url", "jdbc:sqlite:/tmp/r.db"),
                Map.entry("connection.user", "u"),
                Map.entry("connection.password", "p"),
                Map.entry("table.mapping", "a:b(id, name:title)"),
                Map.entry("auto.create", "true"),
                Map.entry("auto.evolve", "true"),
                Map.entry("missing.columns", "ignore"),
                Map.entry("delete.mode", "soft"),
                Map.entry("delete.marker.column", "gone"),
                Map.entry("snapshot.mode", "merge"),
                Map.entry("unit.timeout.ms", "1000"),
                Map.entry("start.without.history", "continue"),
                Map.entry("max.retries", "0"),
                Map.entry("retry.backoff.ms", "7"),
                Map.entry("claim.expired", "snapshot"),
                Map.entry("signal.kafka.bootstrap.servers", "localhost:9092"),
                Map.entry("errors.tolerance", "all"),
                Map.entry("statement.s.t.upsert", "INSERT"),
                Map.entry("statement.s.t.delete", "DELETE"),
                Map.entry("relation.x.handler", Nothing.class.getName())));

    assertThat(config.target().user()).isEqualTo("u");
    assertThat(config.target().password()).isEqualTo("p");
    assertThat(config.target().deletes()).isEqualTo(DeleteMode.SOFT);
    assertThat(config.target().deleteMarker()).isEqualTo("gone");
    assertThat(config.target().snapshots()).isEqualTo(SnapshotMode.MERGE);
    assertThat(config.target().autoCreate()).isTrue();
    assertThat(config.target().autoEvolve()).isTrue();
    assertThat(config.target().missingColumns()).isEqualTo(MissingColumns.IGNORE);
    assertThat(config.target().routes()).hasSize(1);
    assertThat(config.target().statements())
        .isEqualTo(Map.of("s.t", new CustomStatements("INSERT", "DELETE")));
    assertThat(config.target().handlers().get("x")).isInstanceOf(Nothing.class);
    assertThat(config.delivery())
        .isEqualTo(
            new Settings(
                Duration.ofSeconds(1),
                0,
                Duration.ofMillis(7),
                WithoutHistory.CONTINUE,
                ClaimExpired.SNAPSHOT,
                true));
  }

  @Test
  void everySettingIsDocumentedAndItsGroupStaysTogether() {
    assertThat(SinkSettings.definition().configKeys().values())
        .allSatisfy(
            key -> {
              assertThat(key.documentation).isNotBlank();
              assertThat(key.displayName).isNotBlank();
              assertThat(key.group).isNotBlank();
            });
    assertThat(SinkSettings.definition().groups())
        .containsExactly(
            "Connection",
            "Tables",
            "Changes",
            "Delivery",
            "Claim check",
            "Claim store",
            "Claim store file",
            "Claim store cassandra",
            "Signals");
    assertThat(SinkSettings.definition().configKeys().get("connection.password").type)
        .isEqualTo(ConfigDef.Type.PASSWORD);
  }

  @Test
  void unknownValuesAreRefusedWithTheAllowedOnes() {
    assertThatThrownBy(
            () ->
                new SinkConfig(
                    Map.of("connection.url", "jdbc:sqlite:x", "delete.mode", "sometimes")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("delete.mode")
        .hasMessageContaining("hard, soft, ignore");
  }

  @Test
  void aMappingSelectsRenamesAndSplits() {
    assertThat(
            TableMapping.parse(
                "table.mapping",
                "products:catalog(id, name:title); products : names ;\"odd; \"\"t\":x;s.t:u"))
        .containsExactly(
            new Route("products", "catalog", Map.of("id", "id", "name", "title")),
            new Route("products", "names", Map.of()),
            new Route("odd; \"t", "x", Map.of()),
            new Route("s.t", "u", Map.of()));
    assertThat(TableMapping.parse("table.mapping", "a(b)").get(0).relation()).isEqualTo("a");
    assertThat(TableMapping.parse("table.mapping", " ")).isEmpty();
  }

  @Test
  void aMappingThatIsNoneIsRefusedWithTheCharacterWhereItEnds() {
    for (String wrong : List.of("a:", "a:b(", "a:b(c", "a b", "\"a", ";", "a:b(c,c)", "a:b(c:)")) {
      assertThatThrownBy(() -> TableMapping.parse("table.mapping", wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("table.mapping")
          .hasMessageContaining("at character");
    }
  }

  @Test
  void theReferenceInTheDocsIsUpToDate() throws Exception {
    Path file = Path.of("../docs/configuration.md");
    String reference = ConfigReference.markdown(SinkSettings.definition());
    if (Boolean.getBoolean("docs.write")) {
      ConfigReference.write(file, "sink", reference);
    }
    assertThat(ConfigReference.read(file, "sink"))
        .as("docs/configuration.md; write it anew with ./mvnw test -Ddocs.write=true")
        .isEqualTo(reference);
  }
}
