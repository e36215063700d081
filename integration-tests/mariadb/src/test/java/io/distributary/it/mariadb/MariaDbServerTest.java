package io.distributary.it.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MariaDbServerTest {
  @Test
  void itKeepsWhatWasCommittedWhenItIsKilled() throws SQLException, IOException {
    try (MariaDbServer server = MariaDbServer.start()) {
      String url = server.createDatabase();
      execute(url, "CREATE TABLE t (id INT) ENGINE=InnoDB", "INSERT INTO t VALUES (7)");
      server.kill();
      server.restart();
      assertThat(value(url, "SELECT id FROM t")).isEqualTo("7");
    }
  }

  @Test
  void eachTestHasADatabaseOfItsOwn() throws SQLException {
    String one = MariaDbServer.shared().createDatabase();
    String other = MariaDbServer.shared().createDatabase();
    execute(one, "CREATE TABLE t (id INT)");
    assertThat(value(other, "SHOW TABLES")).isNull();
    assertThat(value(other, "SELECT @@character_set_database")).isEqualTo("utf8mb4");
  }

  private static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String value(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
