package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A connection beside that of the open transaction, to define tables by: MariaDB and MySQL commit a
 * transaction before each such statement.
 */
final class MariaDbDefiner implements AutoCloseable {
  private final MariaDbOpener opener;
  private Connection connection;

  MariaDbDefiner(MariaDbOpener opener) {
    this.opener = opener;
  }

  /** The connection, opened when it is first needed or was lost; what it does stands at once. */
  Connection connection() throws SQLException {
    if (connection == null || connection.isClosed()) {
      connection = opener.definer();
    }
    return connection;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection().createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Holds a name of the server's for as long as this connection lives, so that others can tell
   * whether whoever wrote it is alive.
   */
  void hold(String name) throws SQLException {
    ask("SELECT GET_LOCK(?, 0)", name);
  }

  void letGo(String name) throws SQLException {
    ask("SELECT RELEASE_LOCK(?)", name);
  }

  /** Whether nobody holds the name. */
  boolean isFree(String name) throws SQLException {
    return ask("SELECT IS_FREE_LOCK(?)", name) == 1;
  }

  private int ask(String query, String name) throws SQLException {
    try (PreparedStatement statement = connection().prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
