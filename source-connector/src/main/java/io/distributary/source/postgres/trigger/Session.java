package io.distributary.source.postgres.trigger;

import io.distributary.source.postgres.trigger.TriggerCaptureSettings.Server;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * A connection whose values come as PostgreSQL's own text, written the same way whatever the
 * server's and the role's settings are.
 */
final class Session implements AutoCloseable {
  /** How long a lock is waited for; beyond it the caller tries again, and lets others pass. */
  private static final String LOCK_TIMEOUT = "2s";

  /** Names are qualified, for a search path could name other things; limits are not for us. */
  private static final String SETTINGS =
      """
      SELECT set_config(name, setting, false) FROM (VALUES
        ('search_path', 'pg_catalog'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'),
        ('timezone', 'UTC'), ('extra_float_digits', '1'), ('bytea_output', 'hex'),
        ('lc_monetary', 'C'), ('row_security', 'off'), ('jit', 'off'),
        ('lock_timeout', '%s'), ('statement_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
        ('transaction_timeout', '0')) s(name, setting)
      WHERE name IN (SELECT p.name FROM pg_catalog.pg_settings p)
      """
          .formatted(LOCK_TIMEOUT);

  /** Locked, deadlocked, starting up, shutting down, too many clients; objects just dropped. */
  private static final Set<String> PASSING =
      Set.of(
          "55P03", "40P01", "40001", "57P01", "57P02", "57P03", "53300", "42P01", "42703", "3F000",
          "55006");

  private final Connection connection;

  private Session(Connection connection) {
    this.connection = connection;
  }

  /** A session in which each statement is a transaction, unless {@link #transaction} says more. */
  static Session control(Server server, String application) throws SQLException {
    return open(server, application, new Properties());
  }

  /** A session whose transactions only read, each in one view of the database. */
  static Session reader(Server server, String application) throws SQLException {
    Properties properties = new Properties();
    // A plan kept on the server would not survive a change of its table.
    PGProperty.PREPARE_THRESHOLD.set(properties, 0);
    Session session = open(server, application, properties);
    try {
      session.connection.setReadOnly(true);
      session.connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      session.connection.setAutoCommit(false);
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  private static Session open(Server server, String application, Properties properties)
      throws SQLException {
    if (server.user() != null) {
      PGProperty.USER.set(properties, server.user());
    }
    if (server.password() != null) {
      PGProperty.PASSWORD.set(properties, server.password());
    }
    PGProperty.APPLICATION_NAME.set(properties, "distributary " + application);
    PGProperty.BINARY_TRANSFER.set(properties, false);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.STRING_TYPE.set(properties, "unspecified");
    // The driver itself: in a plugin's class loader the DriverManager may not know it.
    Connection connection = new Driver().connect(server.url(), properties);
    if (connection == null) {
      throw new SQLException("The URL " + server + " is none of PostgreSQL's", "08001");
    }
    Session session = new Session(connection);
    try {
      session.rows(SETTINGS, row -> null);
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  /** Runs a statement that has no parameters. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs a statement and tells how many rows it touched. */
  int update(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  /** Makes something of a row. */
  @FunctionalInterface
  interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  <T> List<T> rows(String sql, RowMapper<T> mapper, Object... parameters) throws SQLException {
    List<T> mapped = new ArrayList<>();
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        mapped.add(mapper.map(row));
      }
    }
    return mapped;
  }

  /** What is made of the first row; null where there is none. */
  <T> T first(String sql, RowMapper<T> mapper, Object... parameters) throws SQLException {
    List<T> mapped = rows(sql, mapper, parameters);
    return mapped.isEmpty() ? null : mapped.get(0);
  }

  /** The first column of the first row; null where there is none or it is null. */
  String text(String sql, Object... parameters) throws SQLException {
    return first(sql, row -> row.getString(1), parameters);
  }

  /** The first column of the first row, as a truth. */
  boolean holds(String sql, Object... parameters) throws SQLException {
    return "t".equals(text(sql, parameters));
  }

  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  /** Does the work in one transaction: all of it or nothing. */
  void transaction(Work work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      work.run();
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      rollback(e);
      throw e;
    } finally {
      if (isOpen()) {
        connection.setAutoCommit(true);
      }
    }
  }

  /** Does the work with the role's own search path, by which it calls types by their names. */
  void withUsersNames(Work work) throws SQLException {
    execute("RESET search_path");
    try {
      work.run();
    } finally {
      if (isOpen()) {
        execute("SET search_path = pg_catalog");
      }
    }
  }

  private void rollback(Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  /** Ends the view of a reader. */
  void endRead() throws SQLException {
    if (isOpen()) {
      connection.rollback();
    }
  }

  boolean isOpen() throws SQLException {
    return !connection.isClosed();
  }

  /** Whether the failure may go away by itself. */
  static boolean isPassing(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || PASSING.contains(state));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
