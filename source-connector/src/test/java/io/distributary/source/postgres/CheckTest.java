package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.source.capture.CaptureException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What is wrong is said before anything is captured, with what to do about it. */
class CheckTest {
  private static int roles;

  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aGoodDatabaseIsFoundGoodAndNotChanged() throws Exception {
    PostgresCheck check = PostgresCapture.check(source.settings);
    assertThat(check)
        .isEqualTo(
            new PostgresCheck(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new TreeMap<>(),
                List.of("public.marks", "public.prices")));
    assertThat(source.number("SELECT count(*) FROM pg_publication")).isZero();
  }

  @Test
  void aServerThatCannotBeReachedIsNamedWithoutItsPassword() {
    PostgresCheck check =
        PostgresCapture.check(
            PostgresCaptureSettings.of(
                "p", "jdbc:postgresql://127.0.0.1:1/shop?password=secret", "anna", null));
    assertThat(check.serverErrors().toString())
        .contains("127.0.0.1:1/shop")
        .doesNotContain("secret");
  }

  @Test
  void urlsThatNameNoServerOrNobodyAreRefusedWithoutBeingRepeated() {
    assertThatThrownBy(
            () -> PostgresCaptureSettings.of("p", "jdbc:postgresql:sec:ret//", null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("ret//");
    assertThatThrownBy(
            () -> PostgresCaptureSettings.of("p", "jdbc:postgresql://a,b/x?user=u", null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("several servers");
    assertThatThrownBy(() -> PostgresCaptureSettings.of("p", "jdbc:postgresql://a/x", "", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("connection.user");
  }

  @Test
  void aServerThatDoesNotLogLogicallyIsRefused() throws Exception {
    try (PostgresServer server = PostgresServer.start(17, Map.of("wal_level", "replica"))) {
      PostgresCaptureSettings settings =
          PostgresCaptureSettings.of("p", server.createDatabase(), null, null);
      assertThat(PostgresCapture.check(settings).serverErrors().toString())
          .contains("wal_level is replica")
          .contains("ALTER SYSTEM SET wal_level = 'logical'");
      assertThatThrownBy(() -> PostgresCapture.open(settings, null))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("wal_level");
    }
  }

  @Test
  void aServerWithoutRoomIsRefused() throws Exception {
    Map<String, String> small =
        Map.of("wal_level", "logical", "max_replication_slots", "2", "max_wal_senders", "1");
    try (PostgresServer server = PostgresServer.start(17, small)) {
      String url = server.createDatabase();
      PostgresCaptureSettings settings = PostgresCaptureSettings.of("p", url, null, null);
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_create_logical_replication_slot('other', 'pgoutput')");
      }
      assertThat(PostgresCapture.check(settings).serverErrors())
          .satisfiesExactly(
              slots ->
                  assertThat(slots)
                      .contains("has 1 replication slots of others and allows 2")
                      .contains("ALTER SYSTEM SET max_replication_slots = 3"),
              senders ->
                  assertThat(senders)
                      .contains("has 0 WAL senders of others and allows 1")
                      .contains("ALTER SYSTEM SET max_wal_senders = 2"));
    }
  }

  @Test
  void aUserWhoMayNotReplicateIsToldTheStatement() throws Exception {
    String role = role("");
    assertThat(PostgresCapture.check(as(role)).serverErrors())
        .singleElement()
        .asString()
        .contains("ALTER ROLE \"" + role + "\" REPLICATION");
  }

  @Test
  void aUserWhoMayNotPublishIsToldTheStatement() throws Exception {
    String role = role("REPLICATION");
    source.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
    PostgresCheck check = PostgresCapture.check(as(role));
    assertThat(check.serverErrors()).isEmpty();
    String statement = "CREATE PUBLICATION \"" + source.settings.names().publication() + "\"";
    assertThat(check.publicationErrors()).singleElement().asString().contains(statement);
    assertThatThrownBy(() -> PostgresCapture.open(as(role), null))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining(statement);

    String message = check.publicationErrors().get(0);
    source.sql(message.substring(message.indexOf("CREATE PUBLICATION")));

    assertThat(PostgresCapture.check(as(role)).publicationErrors()).isEmpty();
    source.settings = as(role);
    source.start().slices();
    source.sql("INSERT INTO prices VALUES (1, 1)");
    assertThat(source.changes()).containsExactly("prices c[1, 1.0]");
  }

  @Test
  void aTableThatMayNotBeReadIsRefusedIfItIsNamed() throws Exception {
    String role = role("REPLICATION");
    source.settings = as(role).tables(List.of("public.prices"), List.of());
    assertThat(PostgresCapture.check(source.settings).tableErrors().toString())
        .contains("GRANT SELECT ON \"public\".\"prices\" TO \"" + role + "\"");
  }

  @Test
  void aTableOfASchemaThatMayNotBeEnteredIsRefusedIfItIsNamed() throws Exception {
    String role = role("REPLICATION");
    source.sql(
        "CREATE SCHEMA closed",
        "CREATE TABLE closed.t(id int PRIMARY KEY)",
        "GRANT SELECT ON closed.t TO " + role);
    source.settings = as(role).tables(List.of("closed.t"), List.of());
    assertThat(PostgresCapture.check(source.settings).tableErrors())
        .singleElement()
        .asString()
        .endsWith("GRANT USAGE ON SCHEMA \"closed\" TO \"" + role + "\"");
  }

  /** Its snapshot would lack the rows that the policies hide, and the stream would not. */
  @Test
  void aTableWhoseRowSecurityHidesRowsIsRefusedIfItIsNamed() throws Exception {
    String role = role("REPLICATION");
    source.sql("GRANT SELECT ON prices TO " + role, "ALTER TABLE prices ENABLE ROW LEVEL SECURITY");
    source.settings = as(role).tables(List.of("public.prices"), List.of());
    String cure = "ALTER ROLE \"" + role + "\" BYPASSRLS";
    assertThat(PostgresCapture.check(source.settings).tableErrors())
        .singleElement()
        .asString()
        .contains("public.prices has row security")
        .endsWith(cure);

    source.sql(cure);

    assertThat(PostgresCapture.check(source.settings).tableErrors()).isEmpty();
  }

  /** PostgreSQL takes such an identity for none, and refuses updates of what is published. */
  @Test
  void aTableWhoseIdentityLostItsIndexIsRefusedIfItIsNamed() throws Exception {
    source.sql(
        "CREATE TABLE coded(a int PRIMARY KEY, code text NOT NULL UNIQUE)",
        "ALTER TABLE coded REPLICA IDENTITY USING INDEX coded_code_key",
        "ALTER TABLE coded DROP CONSTRAINT coded_code_key");
    source.settings = source.settings.tables(List.of("public.coded"), List.of());
    assertThat(PostgresCapture.check(source.settings).tableErrors())
        .singleElement()
        .asString()
        .contains("public.coded has REPLICA IDENTITY NOTHING")
        .endsWith("ALTER TABLE \"public\".\"coded\" REPLICA IDENTITY DEFAULT");
  }

  @Test
  void twoTablesOfOneNameAreRefused() throws Exception {
    source.sql(
        "CREATE SCHEMA \"a.b\"",
        "CREATE SCHEMA a",
        "CREATE TABLE \"a.b\".c(id int PRIMARY KEY)",
        "CREATE TABLE a.\"b.c\"(id int PRIMARY KEY)");
    assertThat(PostgresCapture.check(source.settings).tableErrors())
        .singleElement()
        .asString()
        .contains("Tables \"a\".\"b.c\" and \"a.b\".\"c\" are both called a.b.c");
    source.settings = source.settings.tables(List.of(), List.of("a[.]b[.]c"));
    assertThat(PostgresCapture.check(source.settings).tableErrors()).isEmpty();
  }

  @Test
  void aTableWithoutColumnsIsLeftAlone() throws Exception {
    source.sql("CREATE TABLE nothing()", "ALTER TABLE nothing REPLICA IDENTITY FULL");
    assertThat(PostgresCapture.check(source.settings).tables()).doesNotContain("public.nothing");
  }

  @Test
  void aTableWithoutAKeyIsRefusedIfItIsNamed() throws Exception {
    source.sql("CREATE TABLE keyless(a int)");
    source.settings = source.settings.tables(List.of("public\\.keyless", "public.gone"), List.of());
    assertThat(PostgresCapture.check(source.settings).tableErrors())
        .satisfiesExactlyInAnyOrder(
            error ->
                assertThat(error)
                    .contains("public.keyless has no primary key")
                    .contains("ALTER TABLE \"public\".\"keyless\" REPLICA IDENTITY FULL"),
            error -> assertThat(error).isEqualTo("There is no table public.gone"));
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("keyless");
  }

  @Test
  void viewsAndUnloggedTablesAreRefusedIfTheyAreNamed() throws Exception {
    source.sql(
        "CREATE VIEW cheap AS SELECT * FROM prices",
        "CREATE UNLOGGED TABLE unsafe(id int PRIMARY KEY)");
    source.settings = source.settings.tables(List.of("public.cheap", "public.unsafe"), List.of());
    assertThat(PostgresCapture.check(source.settings).tableErrors().toString())
        .contains("public.cheap is a view")
        .contains("ALTER TABLE \"public\".\"unsafe\" SET LOGGED");
    source.settings = source.settings.tables(List.of(), List.of());
    assertThat(PostgresCapture.check(source.settings).tableErrors()).isEmpty();
  }

  @Test
  void aPublicationThatLeavesSomethingOutIsRefused() throws Exception {
    String name = source.settings.names().publication();
    source.sql("CREATE PUBLICATION " + name + " FOR ALL TABLES WITH (publish = 'insert')");
    assertThat(PostgresCapture.check(source.settings).publicationErrors().toString())
        .contains("SET (publish = 'insert, update, delete, truncate')")
        .contains("SET (publish_via_partition_root = true)");
    source.sql(
        "DROP PUBLICATION " + name,
        "CREATE PUBLICATION "
            + name
            + " FOR TABLE prices WHERE (id > 5) WITH (publish_via_partition_root = true)");
    assertThat(PostgresCapture.check(source.settings).publicationErrors().toString())
        .contains("filters rows or columns of table public.prices");
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("filters rows");
  }

  @Test
  void aSlotOfAnotherKindIsRefused() throws Exception {
    source.sql(
        "SELECT pg_create_logical_replication_slot('" + source.slot() + "', 'test_decoding')");
    assertThat(PostgresCapture.check(source.settings).slotErrors().toString())
        .contains("decodes with test_decoding")
        .contains("pg_drop_replication_slot('" + source.slot() + "')");
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("slot.name");
  }

  @Test
  void aSlotThatAnotherUsesIsWaitedForAndThenRefused() throws Exception {
    source.sql("SELECT pg_create_logical_replication_slot('" + source.slot() + "', 'pgoutput')");
    source.sql("CREATE PUBLICATION p");
    Properties properties = new Properties();
    properties.setProperty("user", PostgresServer.USER);
    properties.setProperty("replication", "database");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "17");
    properties.setProperty("ApplicationName", "somebody");
    try (Connection other = DriverManager.getConnection(source.url, properties)) {
      other
          .unwrap(PGConnection.class)
          .getReplicationAPI()
          .replicationStream()
          .logical()
          .withSlotName(source.slot())
          .withSlotOption("proto_version", 1)
          .withSlotOption("publication_names", "p")
          .start();
      impatient();
      assertThatThrownBy(() -> source.start())
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("in use by 'somebody'")
          .hasMessageContaining("pg_terminate_backend");
    }
  }

  @Test
  void twoConnectorsCannotHaveOneSlot() throws Exception {
    source.start().slices();
    PostgresCapture first = source.capture;
    source.settings =
        PostgresCaptureSettings.of("another", source.url, null, null).names(source.slot(), "");
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("used by 'distributary " + source.settings.server().database() + "'")
        .hasMessageContaining("slot.name");
    source.capture = first;
  }

  @Test
  void whatIsLeftOfATaskGivesTheSlotUpToANewOne() throws Exception {
    impatient();
    source.start().slices();
    try (PostgresCapture left = source.capture) {
      source.start();
      source.sql("INSERT INTO prices VALUES (1, 1)");
      assertThat(source.changes()).containsExactly("prices c[1, 1.0]");
      assertThatThrownBy(
              () -> {
                while (true) {
                  left.poll(Duration.ofMillis(100));
                }
              })
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("a newer task of this connector");
      source.sql("INSERT INTO prices VALUES (2, 2)");
      assertThat(source.changes()).containsExactly("prices c[2, 2.0]");
    }
  }

  private void impatient() {
    source.settings =
        source.settings.times(Duration.ofMillis(5), Duration.ofMillis(200), Duration.ofSeconds(4));
  }

  @Test
  void settingsOfDebeziumThatTheCaptureRestsOnAreRefused() {
    source.settings =
        source.settings.debezium(Map.of("snapshot.mode", "never", "max.batch.size", "100"));
    assertThat(PostgresCapture.check(source.settings).debeziumErrors())
        .containsOnlyKeys("debezium.snapshot.mode");
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageStartingWith("debezium.snapshot.mode cannot be set");
  }

  @Test
  void settingsThatDebeziumWouldRefuseAreRefusedWithItsReason() {
    source.settings =
        source.settings.debezium(
            Map.of("max.batch.size", "many", "column.exclude.list", "public.prices.(price"));
    assertThat(PostgresCapture.check(source.settings).debeziumErrors())
        .containsOnlyKeys("debezium.max.batch.size", "debezium.column.exclude.list")
        .allSatisfy((key, error) -> assertThat(error).startsWith("is refused by Debezium: "));
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("debezium.max.batch.size is refused by Debezium");
  }

  @Test
  void aKeyMayNotBeLeftOut() {
    source.settings = source.settings.debezium(Map.of("column.exclude.list", "public[.].*[.]id"));
    assertThat(PostgresCapture.check(source.settings).debeziumErrors())
        .containsOnlyKeys("debezium.column.exclude.list")
        .allSatisfy((key, error) -> assertThat(error).contains("leaves out public.prices.id"));
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("leaves out public.prices.id");
    source.settings =
        source.settings.debezium(Map.of("column.include.list", "public.prices.price, .*mark"));
    assertThat(PostgresCapture.check(source.settings).debeziumErrors())
        .containsOnlyKeys("debezium.column.include.list");
  }

  @Test
  void otherSettingsOfDebeziumPassThrough() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.settings =
        source.settings.debezium(Map.of("column.exclude.list", "public.prices.price"));
    assertThat(source.start().changes()).containsExactly("prices r[1]");
  }

  private PostgresCaptureSettings as(String role) {
    return PostgresCaptureSettings.of(
            source.settings.names().connector(), source.url.replaceAll("\\?.*", ""), role, "secret")
        .times(Duration.ofMillis(5), Duration.ofMillis(200), Duration.ofSeconds(20));
  }

  private String role(String attributes) throws SQLException {
    String role = "role_" + ++roles;
    source.sql("CREATE ROLE " + role + " LOGIN PASSWORD 'secret' " + attributes);
    return role;
  }
}
