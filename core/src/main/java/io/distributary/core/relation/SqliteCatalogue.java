package io.distributary.core.relation;

import io.distributary.core.relation.SqliteColumn.Generated;
import io.distributary.core.relation.SqliteIndex.Origin;
import io.distributary.core.relation.SqliteIndex.Term;
import io.distributary.core.relation.SqliteTable.Kind;
import io.distributary.core.relation.SqliteTable.Trigger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads table definitions from the main database of a SQLite connection. Several reads agree with
 * each other only inside one transaction of the caller's.
 *
 * <p>Not safe for use by several threads, as connections are not. Keeps nothing: each call reads
 * anew.
 */
public final class SqliteCatalogue {
  private final Connection connection;

  /** The catalogue of that connection's main database. The connection stays the caller's. */
  public SqliteCatalogue(Connection connection) {
    this.connection = connection;
  }

  /** A number that grows with every change of the schema, and with {@code VACUUM}. */
  public long schemaVersion() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA main.schema_version")) {
      return row.getLong(1);
    }
  }

  /** The names of all tables and views but SQLite's own, with what they are, by name. */
  public Map<String, Kind> names() throws SQLException {
    Map<String, Kind> names = new TreeMap<>();
    query(
        "SELECT name, type FROM pragma_table_list WHERE schema = 'main'",
        row -> {
          String name = row.getString(1);
          if (!name.toLowerCase(Locale.ROOT).startsWith("sqlite_")) {
            names.put(name, kind(row.getString(2)));
          }
        });
    return names;
  }

  /** The definitions of all tables and views but SQLite's own, by name. */
  public List<SqliteTable> tables() throws SQLException {
    List<SqliteTable> tables = new ArrayList<>();
    for (String name : names().keySet()) {
      tables.add(table(name));
    }
    return tables;
  }

  /**
   * The definition of one table or view, found as SQLite finds it, without regard to ASCII case;
   * null where there is none.
   */
  public SqliteTable table(String name) throws SQLException {
    List<SqliteTable> found = new ArrayList<>(1);
    query(
        "SELECT l.name, l.type, l.wr, l.strict, m.sql FROM pragma_table_list(?) l"
            + " LEFT JOIN main.sqlite_master m ON m.name = l.name AND m.type IN ('table', 'view')"
            + " WHERE l.schema = 'main'",
        row -> {
          String exact = row.getString(1);
          Kind kind = kind(row.getString(2));
          String sql = row.getString(5);
          found.add(
              new SqliteTable(
                  exact,
                  kind,
                  sql,
                  row.getBoolean(3),
                  row.getBoolean(4),
                  columns(exact, kind, sql),
                  indexes(exact),
                  foreignKeys(exact),
                  triggers(exact)));
        },
        name);
    return found.isEmpty() ? null : found.get(0);
  }

  /** The foreign keys of any table that refer to that table. */
  public List<SqliteForeignKey> foreignKeysTo(String table) throws SQLException {
    List<SqliteForeignKey> keys = new ArrayList<>();
    for (Map.Entry<String, Kind> child : names().entrySet()) {
      if (child.getValue() == Kind.TABLE) {
        for (SqliteForeignKey key : foreignKeys(child.getKey())) {
          if (key.parent().equalsIgnoreCase(table)) {
            keys.add(key);
          }
        }
      }
    }
    return keys;
  }

  private static Kind kind(String type) {
    return Kind.valueOf(type.toUpperCase(Locale.ROOT));
  }

  private List<SqliteColumn> columns(String table, Kind kind, String sql) throws SQLException {
    Map<String, String> collations =
        kind == Kind.TABLE && sql != null ? declaredCollations(table, sql) : Map.of();
    List<SqliteColumn> columns = new ArrayList<>();
    query(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden"
            + " FROM pragma_table_xinfo(?, 'main') ORDER BY cid",
        row -> {
          String name = row.getString(1);
          columns.add(
              new SqliteColumn(
                  name,
                  row.getString(2) == null ? "" : row.getString(2),
                  row.getBoolean(3),
                  row.getString(4),
                  row.getInt(5),
                  generated(row.getInt(6)),
                  collations.getOrDefault(name, "BINARY")));
        },
        table);
    return columns;
  }

  private static Generated generated(int hidden) {
    return switch (hidden) {
      case 1 -> Generated.HIDDEN;
      case 2 -> Generated.VIRTUAL;
      case 3 -> Generated.STORED;
      default -> Generated.NO;
    };
  }

  /**
   * The collations by column. No pragma tells them, but an index over all columns inherits them: so
   * the table is made again in memory, with such an index.
   */
  private static Map<String, String> declaredCollations(String table, String sql) {
    Map<String, String> collations = new HashMap<>();
    if (!sql.toLowerCase(Locale.ROOT).contains("collate")) {
      return collations;
    }
    try (Connection scratch = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = scratch.createStatement()) {
      statement.execute(sql);
      SqliteCatalogue copy = new SqliteCatalogue(scratch);
      for (SqliteColumn column : copy.columns(table, Kind.VIEW, null)) {
        statement.execute("DROP INDEX IF EXISTS distributary_scratch");
        statement.execute(
            "CREATE INDEX distributary_scratch ON "
                + Names.quoted(table)
                + "("
                + Names.quoted(column.name())
                + ")");
        copy.query(
            "SELECT coll FROM pragma_index_xinfo('distributary_scratch') WHERE seqno = 0",
            row -> collations.put(column.name(), row.getString(1)));
      }
    } catch (SQLException unknownFunctionOrCollation) {
      // An application's own function or collation: whoever compares must name the collation.
      return collations;
    }
    return collations;
  }

  private List<SqliteIndex> indexes(String table) throws SQLException {
    List<SqliteIndex> indexes = new ArrayList<>();
    query(
        "SELECT l.name, l.\"unique\", l.origin, m.sql FROM pragma_index_list(?, 'main') l"
            + " LEFT JOIN main.sqlite_master m ON m.name = l.name AND m.type = 'index'"
            + " ORDER BY l.name",
        row -> {
          String name = row.getString(1);
          String sql = row.getString(4);
          SqliteIndexSql written = sql == null ? null : SqliteIndexSql.parse(sql);
          indexes.add(
              new SqliteIndex(
                  name,
                  row.getBoolean(2),
                  origin(row.getString(3)),
                  terms(name, written),
                  written == null ? null : written.predicate(),
                  sql));
        },
        table);
    return indexes;
  }

  private static Origin origin(String code) {
    return switch (code) {
      case "pk" -> Origin.PRIMARY_KEY;
      case "u" -> Origin.UNIQUE;
      default -> Origin.STATEMENT;
    };
  }

  private List<Term> terms(String index, SqliteIndexSql written) throws SQLException {
    List<Term> terms = new ArrayList<>();
    query(
        "SELECT seqno, name, coll FROM pragma_index_xinfo(?, 'main') WHERE key ORDER BY seqno",
        row -> {
          String column = row.getString(2);
          String sql = column != null ? Names.quoted(column) : written.terms().get(row.getInt(1));
          terms.add(new Term(column, sql, row.getString(3)));
        },
        index);
    return terms;
  }

  private List<SqliteForeignKey> foreignKeys(String table) throws SQLException {
    Map<Integer, SqliteForeignKey> keys = new TreeMap<>();
    query(
        "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete"
            + " FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq",
        row -> {
          SqliteForeignKey key =
              new SqliteForeignKey(
                  table,
                  row.getString(2),
                  List.of(row.getString(3)),
                  row.getString(4) == null ? List.of() : List.of(row.getString(4)),
                  row.getString(5),
                  row.getString(6));
          keys.merge(row.getInt(1), key, SqliteCatalogue::joined);
        },
        table);
    return List.copyOf(keys.values());
  }

  private static SqliteForeignKey joined(SqliteForeignKey key, SqliteForeignKey more) {
    List<String> columns = new ArrayList<>(key.columns());
    columns.addAll(more.columns());
    List<String> parentColumns = new ArrayList<>(key.parentColumns());
    parentColumns.addAll(more.parentColumns());
    return new SqliteForeignKey(
        key.child(), key.parent(), columns, parentColumns, key.onUpdate(), key.onDelete());
  }

  private List<Trigger> triggers(String table) throws SQLException {
    List<Trigger> triggers = new ArrayList<>();
    query(
        "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'"
            + " AND tbl_name = ? COLLATE NOCASE ORDER BY name",
        row -> triggers.add(new Trigger(row.getString(1), row.getString(2))),
        table);
    return triggers;
  }

  @FunctionalInterface
  private interface RowAction {
    void accept(ResultSet row) throws SQLException;
  }

  private void query(String sql, RowAction action, String... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          action.accept(rows);
        }
      }
    }
  }
}
