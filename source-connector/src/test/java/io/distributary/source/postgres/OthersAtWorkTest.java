package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others do in the database is none of ours, or is noticed. */
class OthersAtWorkTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void messagesThatApplicationsWriteIntoTheLogArePassedOver() throws Exception {
    source.sql("SELECT pg_logical_emit_message(false, 'app', 'at once')");
    source.transaction(
        "INSERT INTO prices VALUES (1, 1)",
        "SELECT pg_logical_emit_message(true, 'app', 'at its commit')",
        "SELECT pg_logical_emit_message(false, 'app', 'at once')",
        "INSERT INTO prices VALUES (2, 2)");
    source.sql("SELECT pg_logical_emit_message(false, 'app', 'at once')");

    assertThat(source.changes()).containsExactly("prices c[1, 1.0]", "prices c[2, 2.0]");
    source.restart();
    assertThat(source.changes()).isEmpty();
  }

  @Test
  void tablesOfOneNameInSeveralSchemasAreToldApart() throws Exception {
    source.sql(
        "CREATE SCHEMA other",
        "CREATE TABLE other.prices(id int PRIMARY KEY, note text)",
        "INSERT INTO other.prices VALUES (1, 'x')");
    source.await(() -> source.capture.metrics().tables().containsKey("other.prices"));
    assertThat(source.changes()).containsExactly("prices r[1, x]");

    source.transaction(
        "INSERT INTO other.prices VALUES (2, 'y')", "INSERT INTO prices VALUES (2, 2)");

    assertThat(source.slices())
        .extracting(slice -> slice.table().id().qualifiedName())
        .containsExactly("other.prices", "public.prices");
  }

  @Test
  void namesMayBeAsLongAsPostgresqlAllows() throws Exception {
    String name = "\"" + "ä".repeat(31) + "X\""; // 63 bytes
    source.sql(
        "CREATE SCHEMA " + name,
        "CREATE TABLE " + name + "." + name + "(" + name + " int PRIMARY KEY, at date)",
        "INSERT INTO " + name + "." + name + " VALUES (1, '2026-01-01')");
    source.await(() -> source.capture.metrics().tables().size() == 3);
    assertThat(source.changes()).hasSize(1);
    source.sql("UPDATE " + name + "." + name + " SET at = NULL");
    assertThat(source.changes()).containsExactly("ä".repeat(31) + "X u[1, null]");
  }

  @Test
  void aTableThatTakesAnothersNameIsReadAnew() throws Exception {
    source.sql(
        "INSERT INTO prices VALUES (1, 1)",
        "CREATE TABLE next(id int PRIMARY KEY, price float8, note text)",
        "INSERT INTO next VALUES (10, 10, 'x')");
    source.await(() -> source.capture.metrics().tables().containsKey("public.next"));
    source.slices();

    source.transaction(
        "ALTER TABLE prices RENAME TO old",
        "ALTER TABLE next RENAME TO prices",
        "INSERT INTO prices VALUES (11, 11, 'y')");
    source.await(() -> source.capture.metrics().tables().containsKey("public.old"));

    assertThat(source.changes())
        .contains("old r[1, 1.0]", "prices r[10, 10.0, x]", "prices r[11, 11.0, y]");
  }

  /** PostgreSQL 18 logs it at once, and the next look at the catalogue is still to come. */
  @Test
  void aGeneratedColumnIsLeftOutFromWhenItIsAdded() throws Exception {
    source.settings =
        source.settings.times(Duration.ofMillis(5), Duration.ofHours(1), Duration.ofSeconds(20));
    source.restart();
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();

    source.sql(
        "ALTER TABLE prices ADD twice float8 GENERATED ALWAYS AS (price * 2) STORED",
        "UPDATE prices SET price = 3");

    assertThat(source.changes()).containsExactly("prices u[1, 3.0]");
  }

  @Test
  void aPreparedTransactionArrivesWhenItIsCommitted() throws Exception {
    // max_prepared_transactions is 0 unless a server is told otherwise.
    Map<String, String> two = Map.of("max_prepared_transactions", "5");
    try (PostgresServer server = PostgresServer.start(17, two);
        SourceFixture other = new SourceFixture(server.createDatabase())) {
      other.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
      other.start().slices();
      other.sql("BEGIN", "INSERT INTO prices VALUES (1, 1)", "PREPARE TRANSACTION 'p'");
      other.sql("INSERT INTO prices VALUES (2, 2)");
      assertThat(other.changes()).containsExactly("prices c[2, 2.0]");
      other.restart();

      other.sql("COMMIT PREPARED 'p'");
      assertThat(SourceFixture.lines(List.of(other.next()))).containsExactly("prices c[1, 1.0]");

      // By that transaction the history is known again.
      other.restart();
      assertThat(other.changes()).isEmpty();
    }
  }
}
