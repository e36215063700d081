package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.source.capture.CaptureException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the connector's role needs, and what writers need: nothing. */
class PrivilegesTest {
  private static final AtomicInteger ROLES = new AtomicInteger();
  private final int number = ROLES.incrementAndGet();
  private final String role = "capture_" + number;
  private final String app = "app_" + number;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
    source.sql(
        "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'",
        "CREATE ROLE " + app + " LOGIN",
        "CREATE SCHEMA app",
        "CREATE TABLE app.t(id integer PRIMARY KEY, v text)",
        "GRANT USAGE ON SCHEMA app TO " + app,
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON app.t TO " + app);
    source.settings =
        TriggerCaptureSettings.of("test", source.url.replaceAll("[?].*", ""), role, "secret")
            .times(Duration.ofMillis(1), Duration.ZERO, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private void write(String... statements) throws Exception {
    String url = source.url.replaceAll("user=.*", "user=" + app);
    try (Connection connection = DriverManager.getConnection(url)) {
      SourceFixture.sql(connection, statements);
    }
  }

  @Test
  void fewRightsAreEnoughAndWritersNeedNone() throws Exception {
    source.sql(
        "CREATE SCHEMA distributary AUTHORIZATION " + role,
        "GRANT USAGE ON SCHEMA app TO " + role,
        "GRANT SELECT, TRIGGER ON app.t TO " + role);
    assertThat(TriggerCapture.check(source.settings).connectionErrors()).isEmpty();
    assertThat(TriggerCapture.check(source.settings).schemaErrors()).isEmpty();
    assertThat(TriggerCapture.check(source.settings).tableErrors()).isEmpty();
    source.start().slices();

    write("INSERT INTO app.t VALUES (1, 'a'), (2, 'b')", "UPDATE app.t SET v = 'c' WHERE id = 2");
    assertThat(source.changes()).containsExactlyInAnyOrder("t c[1, a]", "t c[2, c]");
    write("TRUNCATE app.t");
    assertThat(source.changes()).containsExactly("t empty");
    assertThatThrownBy(() -> write("SELECT * FROM distributary.distributary_log"))
        .hasMessageContaining("permission denied");

    source.stop();
    assertThat(TriggerInstallation.remove(source.settings)).isEqualTo(8);
    write("INSERT INTO app.t VALUES (1, 'a')");
    assertThat(source.value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
        .isEqualTo("0");
  }

  @Test
  void whatIsMissingIsSaidWithTheSqlThatHelps() throws Exception {
    source.settings = source.settings.tables(List.of("app\\.t"), List.of());
    TriggerCheck check = TriggerCapture.check(source.settings);
    assertThat(check.schemaErrors())
        .singleElement()
        .asString()
        .contains("CREATE SCHEMA \"distributary\" AUTHORIZATION \"" + role + "\"");
    assertThat(check.tableErrors())
        .singleElement()
        .asString()
        .contains("GRANT USAGE ON SCHEMA \"app\" TO \"" + role + "\"")
        .contains("GRANT SELECT, TRIGGER ON \"app\".\"t\" TO \"" + role + "\"");
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("permission denied")
        .hasMessageContaining("GRANT USAGE, CREATE ON SCHEMA \"distributary\"");

    source.sql(
        "CREATE SCHEMA distributary AUTHORIZATION " + role,
        "GRANT USAGE ON SCHEMA app TO " + role,
        "GRANT SELECT ON app.t TO " + role);
    String trigger = "GRANT TRIGGER ON \"app\".\"t\" TO \"" + role + "\"";
    assertThat(TriggerCapture.check(source.settings).tableErrors())
        .singleElement()
        .asString()
        .contains(trigger);
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining(trigger);
  }

  @Test
  void anAdministratorMayInstallForARoleThatOnlyReads() throws Exception {
    TriggerCaptureSettings admin = TriggerCaptureSettings.of("install", source.url, null, null);
    TriggerInstallation.install(admin, role);
    assertThat(TriggerCapture.check(source.settings).tableErrors()).isEmpty();
    assertThat(TriggerCapture.check(source.settings).schemaErrors()).isEmpty();
    source.start().slices();
    write("INSERT INTO app.t VALUES (1, 'a')");
    assertThat(source.changes()).containsExactly("t c[1, a]");
    source.restart();
    write("DELETE FROM app.t");
    assertThat(source.changes()).containsExactly("t empty");
  }

  @Test
  void rowSecurityThatWouldHideRowsIsRefused() throws Exception {
    source.sql(
        "CREATE SCHEMA distributary AUTHORIZATION " + role,
        "GRANT USAGE ON SCHEMA app TO " + role,
        "GRANT SELECT, TRIGGER ON app.t TO " + role,
        "ALTER TABLE app.t ENABLE ROW LEVEL SECURITY");
    source.settings = source.settings.tables(List.of("app.t"), List.of());
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("ALTER ROLE \"" + role + "\" BYPASSRLS");
  }

  @Test
  void aServerThatCannotBeReachedOrWrittenIsSaid() {
    TriggerCaptureSettings wrong =
        TriggerCaptureSettings.of("test", source.settings.server().url(), role, "wrong");
    assertThat(
            TriggerCapture.check(
                    TriggerCaptureSettings.of(
                        "test", "jdbc:postgresql://127.0.0.1:1/x", role, "secret"))
                .connectionErrors())
        .singleElement()
        .asString()
        .contains("cannot be reached")
        .doesNotContain("secret");
    assertThat(PostgresServer.USER).isEqualTo("postgres");
    assertThat(wrong.server().toString()).doesNotContain("wrong");
  }

  @Test
  void tablesThatCannotBeCapturedAreSaidByName() throws Exception {
    source.settings =
        TriggerCaptureSettings.of("test", source.url, null, null)
            .tables(List.of("app.v", "app.u", "app.p1", "app.none"), List.of());
    source.sql(
        "CREATE VIEW app.v AS SELECT 1 AS id",
        "CREATE UNLOGGED TABLE app.u(id integer PRIMARY KEY)",
        "CREATE TABLE app.p(id integer PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (0) TO (10)");
    TriggerCheck check = TriggerCapture.check(source.settings);
    assertThat(check.tableErrors())
        .anySatisfy(e -> assertThat(e).contains("app.v is a view"))
        .anySatisfy(e -> assertThat(e).contains("app.u is unlogged").contains("SET LOGGED"))
        .anySatisfy(e -> assertThat(e).contains("app.p1 is a partition"));
    assertThat(check.absent()).containsExactly("app.none");
  }

  /** The dot is part of a name here, and there not. */
  @Test
  void twoTablesOfOneNameAreRefused() throws Exception {
    source.sql(
        "CREATE SCHEMA \"a.b\"",
        "CREATE SCHEMA a",
        "CREATE TABLE \"a.b\".c(id integer PRIMARY KEY)",
        "CREATE TABLE a.\"b.c\"(id integer PRIMARY KEY)");
    source.settings = TriggerCaptureSettings.of("test", source.url, null, null);
    assertThat(TriggerCapture.check(source.settings).tableErrors())
        .singleElement()
        .asString()
        .contains("Tables \"a\".\"b.c\" and \"a.b\".\"c\" are both called a.b.c");
  }
}
