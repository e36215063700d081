package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.mariadb.MariaDbServer;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.Targets;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of a unique column that rows exchange in several transactions, which share a commit. */
@Timeout(120)
class ExchangeTest {
  private static List<String> rows(String url, String... statements) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        if (statement.execute(sql)) {
          ResultSet result = statement.getResultSet();
          while (result.next()) {
            rows.add(result.getLong(1) + "=" + result.getLong(2));
          }
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql", "mariadb"})
  void goAroundByAValueThatIsFree(String server, @TempDir Path directory) throws SQLException {
    String url =
        switch (server) {
          case "sqlite" -> "jdbc:sqlite:" + directory.resolve("target.db");
          case "mariadb" -> MariaDbServer.shared().createDatabase();
          default -> PostgresServer.shared().createDatabase();
        };
    rows(
        url,
        "CREATE TABLE prices (id BIGINT PRIMARY KEY, price BIGINT UNIQUE, own VARCHAR(9))",
        "INSERT INTO prices VALUES (1, 10, 'kept'), (2, 20, 'too')");
    SourceTopic topic =
        new SourceTopic("shop.prices")
            .batch(SourceTopic.update("e", 1), SourceTopic.set(1, -1))
            .batch(SourceTopic.update("e", 2), SourceTopic.set(2, 10))
            .batch(SourceTopic.update("e", 3), SourceTopic.set(1, 20));
    SinkConfig config = new SinkConfig(Map.of("name", "replica", "connection.url", url));
    FakeWorker worker =
        new FakeWorker(() -> new LazyTarget(() -> Targets.open(config.target())))
            .withoutHistory(WithoutHistory.CONTINUE)
            .holds(topic.records())
            .start();

    worker.passes(Duration.ofSeconds(1)).drain();
    worker.delivery().close();

    assertThat(rows(url, "SELECT id, price FROM prices ORDER BY id"))
        .containsExactly("1=20", "2=10");
  }
}
