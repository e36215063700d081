package io.distributary.it.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerTest {
  @ParameterizedTest
  @ValueSource(ints = {17, 18})
  void itIsTheServerThatWasAskedForAndDecodesLogically(int major) throws SQLException {
    try (PostgresServer server = PostgresServer.start(major, Map.of("work_mem", "5MB"))) {
      String url = server.createDatabase();
      assertThat(value(url, "SHOW server_version")).startsWith(major + ".");
      assertThat(value(url, "SHOW wal_level")).isEqualTo("logical");
      assertThat(value(url, "SHOW work_mem")).isEqualTo("5MB");
    }
  }

  @Test
  void itComesBackOnItsDataDirectory(@TempDir Path data) throws SQLException {
    String database;
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      String url = server.createDatabase();
      database = value(url, "SELECT current_database()");
    }
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      assertThat(value(server.url(database), "SELECT current_database()")).isEqualTo(database);
    }
  }

  @Test
  void itCrashesAndRecoversWhereItWas(@TempDir Path data) throws SQLException {
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      String url = server.createDatabase();
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("SET synchronous_commit = on");
        statement.execute("CREATE TABLE t AS SELECT 1 AS n");
        statement.execute("CREATE UNLOGGED TABLE emptied AS SELECT 1 AS n");
        connection.setAutoCommit(false);
        statement.execute("UPDATE t SET n = 2");

        server.crash();

        assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      }
      assertThat(value(url, "SELECT n FROM t")).isEqualTo("1");
      assertThat(value(url, "SELECT count(*) FROM emptied")).as("as after a crash").isEqualTo("0");
    }
  }

  private static String value(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
