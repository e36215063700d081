package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Changes definitions of tables that others read, and that the open transaction may have written
 * to. Such a change locks all others out until its transaction ends, so it comes as late as it can,
 * or in a transaction of its own.
 */
final class PostgresDefinitions {
  private static final String LOCK = "distributary_lock";
  private static final String DEFINE = "distributary_define";

  /**
   * How long readers that come later wait behind us at a time, when one that came before reads on.
   */
  private static final String LOCK_TIMEOUT = "200ms";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NO_LOCK_IN_TIME = "55P03";
  private static final String IN_USE = "55006";

  private static final String HELD =
      "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"
          + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
          + " AND relation = ?::text::regclass)";

  private final Connection connection;

  PostgresDefinitions(Connection connection) {
    this.connection = connection;
  }

  /** Opens a session beside that of the open transaction. */
  @FunctionalInterface
  interface Opener {
    Connection open() throws SQLException;
  }

  /**
   * Adds to a table: at once, beside the open transaction, so that readers need not wait for its
   * end; but inside it where it has used the table already, as it would wait for itself.
   *
   * @param table the table's identifier
   */
  void alter(String table, String statement, Opener opener) throws SQLException {
    if (isHeld(table)) {
      lock(table);
      execute(statement);
    } else {
      executeBeside(statement, opener);
    }
  }

  private boolean isHeld(String table) throws SQLException {
    try (PreparedStatement held = connection.prepareStatement(HELD)) {
      held.setString(1, table);
      try (ResultSet row = held.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static void executeBeside(String sql, Opener opener) throws SQLException {
    try (Connection beside = opener.open();
        Statement statement = beside.createStatement()) {
      beside.setAutoCommit(true);
      statement.execute("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
      patiently(
          () -> {
            statement.execute(sql);
            return true;
          });
    }
  }

  /** Locks a table, and lets other readers through while an earlier one does not end. */
  void lock(String table) throws SQLException {
    patiently(
        () -> {
          Savepoint savepoint = Savepoint.set(connection, LOCK);
          try {
            run("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
            run("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
            run("SET LOCAL lock_timeout = DEFAULT");
            savepoint.release();
            return true;
          } catch (SQLException e) {
            savepoint.rollback();
            throw e;
          }
        });
  }

  /** Something that may have to be tried again. */
  @FunctionalInterface
  private interface Try {
    boolean run() throws SQLException;
  }

  private static void patiently(Try work) throws SQLException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean done = false;
    while (!done) {
      try {
        done = work.run();
      } catch (SQLException e) {
        if (!NO_LOCK_IN_TIME.equals(e.getSQLState()) || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  /**
   * Runs a statement over tables with rows whose constraints wait for the commit: PostgreSQL
   * defines nothing of those, so if there are any, they are checked now.
   */
  void execute(String sql) throws SQLException {
    Savepoint savepoint = Savepoint.set(connection, DEFINE);
    try {
      run(sql);
      savepoint.release();
    } catch (SQLException e) {
      if (!IN_USE.equals(e.getSQLState())) {
        throw e;
      }
      savepoint.rollback();
      run("SET CONSTRAINTS ALL IMMEDIATE");
      run(sql);
      run("SET CONSTRAINTS ALL DEFERRED");
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
