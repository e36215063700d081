package io.distributary.quickstart.app;

import io.distributary.core.relation.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;
import org.sqlite.SQLiteConfig;

/**
 * A replica, seen from outside: how far it is, and whether it equals its source. Reads both
 * databases and writes neither.
 */
record Replica(String name, Path file, Path source) {

  /** How many rows each table of the source has, where all of them are equal in the replica. */
  record Equality(int tables, long rows) {}

  /** The highest LSN that the replica has applied; empty before the first. */
  OptionalLong lsn() throws SQLException {
    return Files.exists(file)
        ? number(file, "distributary_checkpoint", "SELECT max(lsn) FROM distributary_checkpoint")
        : OptionalLong.empty();
  }

  /** The LSN of the source's last commit; empty before the source connector has made its log. */
  static OptionalLong sourceLsn(Path source) throws SQLException {
    return number(source, "distributary_log", "SELECT max(version) FROM distributary_log");
  }

  /**
   * Compares every table, row by row.
   *
   * @return what is equal, or null while something differs
   */
  Equality equality() throws SQLException {
    if (!Files.exists(file)) {
      return null;
    }
    try (Connection connection = open(source);
        Statement statement = connection.createStatement()) {
      statement.execute("ATTACH " + Names.literal(file.toString()) + " AS replica");
      List<String> tables = tables(statement);
      long rows = 0;
      for (String table : tables) {
        if (!equal(statement, table)) {
          return null;
        }
        rows += only(statement, "SELECT count(*) FROM main." + Names.quoted(table));
      }
      return new Equality(tables.size(), rows);
    }
  }

  private static boolean equal(Statement statement, String table) throws SQLException {
    String name = Names.quoted(table);
    if (only(
            statement,
            "SELECT count(*) FROM replica.sqlite_schema WHERE name = " + Names.literal(table))
        == 0) {
      return false;
    }
    String columns = columns(statement, table);
    String difference =
        "SELECT count(*) FROM (SELECT %1$s FROM %2$s.%4$s EXCEPT SELECT %1$s FROM %3$s.%4$s)";
    String count = "SELECT (SELECT count(*) FROM main.%1$s) - (SELECT count(*) FROM replica.%1$s)";
    return only(statement, count.formatted(name)) == 0
        && only(statement, difference.formatted(columns, "main", "replica", name)) == 0
        && only(statement, difference.formatted(columns, "replica", "main", name)) == 0;
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                + " AND name NOT LIKE 'distributary\\_%' ESCAPE '\\' ORDER BY name")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private static String columns(Statement statement, String table) throws SQLException {
    StringJoiner columns = new StringJoiner(", ");
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT name FROM pragma_table_xinfo("
                + Names.literal(table)
                + ") WHERE hidden <> 1")) {
      while (rows.next()) {
        columns.add(Names.quoted(rows.getString(1)));
      }
    }
    return columns.toString();
  }

  private static OptionalLong number(Path file, String table, String query) throws SQLException {
    try (Connection connection = open(file);
        Statement statement = connection.createStatement()) {
      String there = "SELECT count(*) FROM sqlite_schema WHERE name = " + Names.literal(table);
      if (only(statement, there) == 0) {
        return OptionalLong.empty();
      }
      try (ResultSet row = statement.executeQuery(query)) {
        long number = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
      }
    }
  }

  private static long only(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.getLong(1);
    }
  }

  private static Connection open(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(10_000);
    // Never makes a database that is not there; writing is left to the connectors.
    config.setReadOnly(true);
    return DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
  }
}
