package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** What a reader of the target sees, through a connection of its own. */
final class Database implements AutoCloseable {
  final Connection connection;

  Database(String url) throws SQLException {
    connection = DriverManager.getConnection(url);
  }

  void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Each row as its values with bars between; numbers with a point as Java writes them. */
  List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(text(result, i));
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }

  private static String text(ResultSet result, int column) throws SQLException {
    int type = result.getMetaData().getColumnType(column);
    boolean real = type == Types.REAL || type == Types.FLOAT || type == Types.DOUBLE;
    if (real && result.getObject(column) instanceof Number number) {
      return number.toString();
    }
    return String.valueOf(result.getString(column));
  }

  String value(String query) throws SQLException {
    return rows(query).get(0);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
