package io.distributary.source.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Our own connection to the source database, beside Debezium's, in autocommit. Not safe for use by
 * several threads.
 */
final class Sql implements AutoCloseable {
  private final Connection connection;
  private final ServerAddress server;

  private Sql(Connection connection, ServerAddress server) {
    this.connection = connection;
    this.server = server;
  }

  static Sql open(PostgresCaptureSettings settings) throws SQLException {
    return new Sql(
        settings.server().connect(SlotOwner.applicationName(settings)), settings.server());
  }

  /** The connection itself; it stays ours. */
  Connection connection() {
    return connection;
  }

  /** Where it leads. */
  ServerAddress server() {
    return server;
  }

  /** Makes something of a row. */
  @FunctionalInterface
  interface RowReading<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The rows of a query with parameters: texts, numbers, arrays of texts. */
  <T> List<T> rows(String query, RowReading<T> reading, Object... parameters) throws SQLException {
    List<T> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(
            i + 1,
            parameters[i] instanceof String[] texts
                ? connection.createArrayOf("text", texts)
                : parameters[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(reading.read(result));
        }
      }
    }
    return rows;
  }

  /** The query's only row; null where it has none. */
  <T> T row(String query, RowReading<T> reading, Object... parameters) throws SQLException {
    List<T> rows = rows(query, reading, parameters);
    return rows.isEmpty() ? null : rows.get(0);
  }

  String text(String query, Object... parameters) throws SQLException {
    return row(query, row -> row.getString(1), parameters);
  }

  long number(String query, Object... parameters) throws SQLException {
    Long number = row(query, row -> row.getLong(1), parameters);
    return number == null ? 0 : number;
  }

  boolean yes(String query, Object... parameters) throws SQLException {
    return Boolean.TRUE.equals(row(query, row -> row.getBoolean(1), parameters));
  }

  void execute(String statement) throws SQLException {
    try (Statement executed = connection.createStatement()) {
      executed.execute(statement);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // Nothing of ours is in a transaction: the server drops what is left of the connection.
    }
  }
}
