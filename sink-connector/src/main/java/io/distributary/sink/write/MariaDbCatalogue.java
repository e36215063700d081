package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The catalogue of a database of MariaDB or MySQL, as far as it matters for writing. */
final class MariaDbCatalogue {
  private static final Pattern COUNTER = Pattern.compile(" AUTO_INCREMENT=(\\d+)");
  private static final int NO_SUCH_TABLE = 1146;
  private static final int LONGEST_NAME = 64;

  private final Connection connection;
  private final boolean caseSensitive;

  MariaDbCatalogue(Connection connection) throws SQLException {
    this.connection = connection;
    this.caseSensitive = value("SELECT @@lower_case_table_names").equals("0");
  }

  /** The name as an SQL identifier. */
  static String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  /** What {@code SHOW CREATE TABLE} says, without what inserts change; null for no such table. */
  String definition(String name) throws SQLException {
    String text = create(name);
    return text == null ? null : COUNTER.matcher(text).replaceFirst("");
  }

  /** The next number that the table's AUTO_INCREMENT column would get; null where it has none. */
  Long counter(String name) throws SQLException {
    String text = create(name);
    Matcher counter = COUNTER.matcher(text == null ? "" : text);
    return counter.find() ? Long.valueOf(counter.group(1)) : null;
  }

  private String create(String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + quoted(name))) {
      return row.next() ? row.getString(2) : null;
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return null;
      }
      throw e;
    }
  }

  boolean exists(String name) throws SQLException {
    return spelling(name) != null;
  }

  private String spelling(String name) throws SQLException {
    for (String found : list("TABLES", "TABLE_NAME", "TABLE_NAME = ?", name)) {
      if (caseSensitive ? found.equals(name) : found.equalsIgnoreCase(name)) {
        return found;
      }
    }
    return null;
  }

  /**
   * The relation of that name; null where there is none.
   *
   * @param identifier where its rows are written
   * @param foreignKeys whether it matters what refers to it
   */
  Relation relation(String name, String identifier, boolean foreignKeys) throws SQLException {
    requireLegal(name);
    String spelling = spelling(name);
    if (spelling == null) {
      return null;
    }
    requireWritable(spelling);
    Map<String, List<String>> unique = new LinkedHashMap<>();
    boolean secondary = readUniqueIndexes(spelling, unique);
    return new Relation(
        spelling,
        identifier,
        columns(spelling),
        unique.getOrDefault("PRIMARY", List.of()),
        List.copyOf(unique.values()),
        secondary,
        foreignKeys && isReferenced(spelling));
  }

  private static void requireLegal(String name) {
    boolean isLong = name.codePointCount(0, name.length()) > LONGEST_NAME;
    if (isLong || name.endsWith(" ") || name.codePoints().anyMatch(c -> c == 0 || c > 0xFFFF)) {
      throw fatal(
          "Relation "
              + name
              + " has a name that MariaDB and MySQL do not take: at most 64 letters of Unicode's"
              + " first 65536, and no space at its end. Give it another with table.mapping");
    }
  }

  private void requireWritable(String name) throws SQLException {
    String type = list("TABLES", "TABLE_TYPE", "TABLE_NAME = ?", name).get(0);
    if (!type.equals("BASE TABLE") && !type.equals("SYSTEM VERSIONED")) {
      throw fatal(
          "Relation "
              + name
              + " is a "
              + type.toLowerCase(Locale.ROOT)
              + ", not a table that rows can be written to. Choose a table with table.mapping");
    }
    String engine = list("TABLES", "ENGINE", "TABLE_NAME = ?", name).get(0);
    if (!"InnoDB".equalsIgnoreCase(engine)) {
      throw fatal(
          "Relation "
              + name
              + " is kept by engine "
              + engine
              + ", whose transactions do not hold together with the checkpoint's. Run: ALTER TABLE "
              + quoted(name)
              + " ENGINE=InnoDB");
    }
  }

  private List<RelationColumn> columns(String name) throws SQLException {
    List<RelationColumn> columns = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLLATION_NAME, EXTRA"
                + " FROM information_schema.COLUMNS"
                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String collation = row.getString(4) == null ? "" : row.getString(4);
          String extra = row.getString(5).toUpperCase(Locale.ROOT);
          columns.add(
              new RelationColumn(
                  row.getString(1),
                  row.getString(2),
                  !extra.contains("VIRTUAL") && !extra.contains("STORED GENERATED"),
                  row.getString(3).equals("YES"),
                  collation,
                  !MariaDbKeyForm.isExact(collation)));
        }
      }
    }
    return columns;
  }

  /** Reads those over whole columns; tells whether there is any beside the primary key. */
  private boolean readUniqueIndexes(String name, Map<String, List<String>> unique)
      throws SQLException {
    boolean secondary = false;
    List<String> partial = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS"
                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0"
                + " ORDER BY INDEX_NAME = 'PRIMARY' DESC, INDEX_NAME, SEQ_IN_INDEX")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String index = row.getString(1);
          secondary |= !index.equals("PRIMARY");
          if (row.getString(2) == null || row.getString(3) != null) {
            partial.add(index);
          }
          unique.computeIfAbsent(index, any -> new ArrayList<>()).add(row.getString(2));
        }
      }
    }
    unique.keySet().removeAll(partial);
    return secondary;
  }

  private boolean isReferenced(String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM information_schema.KEY_COLUMN_USAGE"
                + " WHERE REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = ?")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Why no other table can take the relation's place; null if one can. */
  String swapHindrance(String name) throws SQLException {
    if (!list("TRIGGERS", "TRIGGER_NAME", "EVENT_OBJECT_TABLE = ?", name, "TRIGGER_SCHEMA")
        .isEmpty()) {
      return "it has triggers, which would go with the old table";
    } else if (isReferenced(name)) {
      return "foreign keys of other tables refer to it";
    } else if (!list("TABLE_CONSTRAINTS", "CONSTRAINT_NAME", foreignKeysOf(), name).isEmpty()) {
      return "it has foreign keys, which a copy of its definition has not";
    } else if (isVersioned(name)) {
      return "it is system-versioned, and its history would be lost";
    }
    return null;
  }

  private static String foreignKeysOf() {
    return "CONSTRAINT_TYPE = 'FOREIGN KEY' AND TABLE_NAME = ?";
  }

  private boolean isVersioned(String name) throws SQLException {
    return list("TABLES", "TABLE_TYPE", "TABLE_NAME = ?", name).contains("SYSTEM VERSIONED");
  }

  /** Whether a temporary table can be made {@code LIKE} that one. */
  boolean isPlain(String name) throws SQLException {
    String options = list("TABLES", "CREATE_OPTIONS", "TABLE_NAME = ?", name).get(0);
    boolean partitioned = options != null && options.contains("partitioned");
    return !partitioned && !isVersioned(name);
  }

  private List<String> list(String view, String column, String condition, String name)
      throws SQLException {
    return list(view, column, condition, name, "TABLE_SCHEMA");
  }

  private List<String> list(
      String view, String column, String condition, String name, String schema)
      throws SQLException {
    List<String> values = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + column
                + " FROM information_schema."
                + view
                + " WHERE "
                + schema
                + " = DATABASE() AND "
                + condition)) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          values.add(row.getString(1));
        }
      }
    }
    return values;
  }

  /** The collation of utf8mb4 in which only equal strings are equal: MariaDB's name or MySQL's. */
  String exactCollation() throws SQLException {
    // MariaDB knows MySQL's name as well, as another one for its utf8mb4_bin, which pads.
    String known =
        value(
            "SELECT max(COLLATION_NAME) FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN"
                + " ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')");
    return known == null ? "utf8mb4_bin" : known;
  }

  private String value(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private static WriteException fatal(String message) {
    return new WriteException(WriteException.Kind.FATAL, message, null);
  }
}
