package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A named point of the open transaction to go back to; in the words that all dialects share. */
record Savepoint(Connection connection, String name) {

  static Savepoint set(Connection connection, String name) throws SQLException {
    execute(connection, "SAVEPOINT " + name);
    return new Savepoint(connection, name);
  }

  /** Keeps what was done since. */
  void release() throws SQLException {
    execute(connection, "RELEASE SAVEPOINT " + name);
  }

  /** Undoes what was done since, and forgets the point. */
  void rollback() throws SQLException {
    execute(connection, "ROLLBACK TO SAVEPOINT " + name);
    release();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
