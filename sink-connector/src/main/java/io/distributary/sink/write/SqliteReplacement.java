package io.distributary.sink.write;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteIndex;
import io.distributary.core.relation.SqliteTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A table made by the old one's own definition, so that constraints, defaults, collations,
 * generated columns, STRICT and WITHOUT ROWID are the same. Indexes and triggers follow once it is
 * loaded.
 */
final class SqliteReplacement implements Dialect.Replacement {
  private static final String PREFIX = "distributary_snapshot_of_";

  private final Connection connection;
  private final SqliteTable table;
  private final String name;

  private SqliteReplacement(Connection connection, SqliteTable table) {
    this.connection = connection;
    this.table = table;
    this.name = PREFIX + table.name();
  }

  static SqliteReplacement create(Connection connection, SqliteTable table) throws SQLException {
    SqliteReplacement replacement = new SqliteReplacement(connection, table);
    replacement.execute("CREATE TABLE main." + Names.quoted(replacement.name) + body(table));
    return replacement;
  }

  /** What follows the name in the table's definition, which SQLite keeps as written. */
  static String body(SqliteTable table) {
    String sql = table.sql();
    int start = sql.indexOf(' ', sql.toUpperCase(java.util.Locale.ROOT).indexOf("TABLE")) + 1;
    char open = sql.charAt(start);
    int end = start;
    if ("\"`'[".indexOf(open) >= 0) {
      char close = open == '[' ? ']' : open;
      do {
        end = sql.indexOf(close, end + 1) + 1;
      } while (open != '[' && end < sql.length() && sql.charAt(end) == close);
    } else {
      // SQLite's own rule: all beyond ASCII is a letter.
      while (Character.isJavaIdentifierPart(sql.charAt(end)) || sql.charAt(end) > 127) {
        end++;
      }
    }
    return sql.substring(end);
  }

  @Override
  public String identifier() {
    return Names.quoted(name);
  }

  @Override
  public void takePlace() {
    // All is done: a reader sees the old table until the commit.
  }

  @Override
  public void complete() throws SQLException {
    Long sequence = sequence();
    List<String[]> statistics = statistics();
    // Views and triggers that name the table are left as they are: they mean the new one then.
    execute("PRAGMA legacy_alter_table = ON");
    execute("DROP TABLE main." + Names.quoted(table.name()));
    execute("ALTER TABLE main." + Names.quoted(name) + " RENAME TO " + Names.quoted(table.name()));
    execute("PRAGMA legacy_alter_table = OFF");
    for (SqliteIndex index : table.indexes()) {
      if (index.sql() != null) {
        execute(index.sql());
      }
    }
    for (SqliteTable.Trigger trigger : table.triggers()) {
      execute(trigger.sql());
    }
    restore(sequence);
    restore(statistics);
  }

  @Override
  public void drop() throws SQLException {
    execute("DROP TABLE main." + Names.quoted(name));
  }

  /** The highest key that AUTOINCREMENT gave; null where it is not used. */
  private Long sequence() throws SQLException {
    if (!exists("sqlite_sequence")) {
      return null;
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT seq FROM main.sqlite_sequence WHERE name = ?")) {
      statement.setString(1, table.name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : null;
      }
    }
  }

  private void restore(Long sequence) throws SQLException {
    if (sequence == null) {
      return;
    }
    String update = "UPDATE main.sqlite_sequence SET seq = max(seq, ?) WHERE name = ?";
    String insert = "INSERT INTO main.sqlite_sequence(seq, name) VALUES (?, ?)";
    if (update(update, sequence) == 0) {
      update(insert, sequence);
    }
  }

  private int update(String sql, long sequence) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, sequence);
      statement.setString(2, table.name());
      return statement.executeUpdate();
    }
  }

  /** What ANALYZE found out, which the planner would miss until it runs again. */
  private List<String[]> statistics() throws SQLException {
    List<String[]> statistics = new ArrayList<>();
    if (exists("sqlite_stat1")) {
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT idx, stat FROM main.sqlite_stat1 WHERE tbl = ?")) {
        statement.setString(1, table.name());
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            statistics.add(new String[] {row.getString(1), row.getString(2)});
          }
        }
      }
    }
    return statistics;
  }

  private void restore(List<String[]> statistics) throws SQLException {
    if (statistics.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO main.sqlite_stat1(tbl, idx, stat) VALUES (?, ?, ?)")) {
      for (String[] row : statistics) {
        statement.setString(1, table.name());
        statement.setString(2, row[0]);
        statement.setString(3, row[1]);
        statement.executeUpdate();
      }
    }
  }

  private boolean exists(String system) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM main.sqlite_master WHERE name = ?")) {
      statement.setString(1, system);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
