package io.distributary.it;

import io.distributary.core.relation.Names;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a table holds, as text: one line per row, in a fixed order; in SQLite each value with its
 * {@code typeof()}, in PostgreSQL as the server writes it. Null values are left out, so that a
 * column which nothing was ever put into is the same as no such column.
 */
record Content(List<String> rows) {
  /**
   * Reads the tables of that name which exist; the others are not in the answer.
   *
   * @param columns by table, the columns to look at; those that the table lacks count as null
   */
  static Map<String, Content> read(Connection connection, Map<String, List<String>> columns)
      throws SQLException {
    Map<String, Content> contents = new TreeMap<>();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (Map.Entry<String, List<String>> table : columns.entrySet()) {
        List<String> found = columns(statement, table.getKey());
        if (!found.isEmpty()) {
          found.retainAll(table.getValue());
          contents.put(table.getKey(), read(statement, table.getKey(), found));
        }
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    return contents;
  }

  /** The columns of a table that a query can see, generated ones included. */
  static List<String> columns(Statement statement, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (ResultSet names =
        statement.executeQuery(
            postgresql(statement)
                ? "SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
                    + " AND attrelid = to_regclass("
                    + Names.literal(Names.quoted(table))
                    + ") ORDER BY attnum"
                : "SELECT name FROM pragma_table_xinfo("
                    + Names.literal(table)
                    + ") WHERE hidden <> 1")) {
      while (names.next()) {
        columns.add(names.getString(1));
      }
    }
    return columns;
  }

  private static boolean postgresql(Statement statement) throws SQLException {
    return statement.getConnection().getMetaData().getURL().startsWith("jdbc:postgresql:");
  }

  private static Content read(Statement statement, String table, List<String> columns)
      throws SQLException {
    boolean postgresql = postgresql(statement);
    StringBuilder row = new StringBuilder("SELECT ''");
    for (String column : columns) {
      String name = Names.quoted(column);
      row.append(
          " || CASE WHEN %s IS NULL THEN '' ELSE %s || %s END"
              .formatted(
                  name,
                  Names.literal(" " + column + "="),
                  postgresql ? name + "::text" : inSqlite(name)));
    }
    List<String> rows = new ArrayList<>();
    try (ResultSet results = statement.executeQuery(row + " FROM " + Names.quoted(table))) {
      while (results.next()) {
        rows.add(results.getString(1));
      }
    }
    Collections.sort(rows);
    return new Content(rows);
  }

  /** By hex(), which shows all there is: quote() stops at a NUL character. */
  private static String inSqlite(String name) {
    return ("typeof(%1$s) || ':' || CASE WHEN typeof(%1$s) IN ('text', 'blob') THEN hex(%1$s)"
            + " WHEN typeof(%1$s) = 'real' THEN printf('%%!.17g', %1$s) ELSE %1$s END")
        .formatted(name);
  }

  /** What those of the tables hold that hold something; two databases are equal when these are. */
  static Map<String, Content> present(Map<String, Content> contents, Set<String> tables) {
    Map<String, Content> present = new LinkedHashMap<>(contents);
    present.keySet().retainAll(tables);
    present.values().removeIf(content -> content.rows().isEmpty());
    return present;
  }
}
