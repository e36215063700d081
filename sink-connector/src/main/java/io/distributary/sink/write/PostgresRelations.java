package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what matters for writing from PostgreSQL's catalogue. */
final class PostgresRelations {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresRelations.class);

  private static final String FIND =
      "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence,"
          + " EXISTS (SELECT 1 FROM pg_constraint f WHERE f.confrelid = c.oid) AS referenced,"
          + " EXISTS (SELECT 1 FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'"
          + " AND NOT f.condeferrable) AS refers,"
          + " EXISTS (SELECT 1 FROM pg_constraint d"
          + " WHERE (d.conrelid = c.oid OR d.confrelid = c.oid) AND d.condeferrable) AS deferrable,"
          + " c.relhasrules AS ruled, row_security_active(c.oid) AS secured"
          + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.oid = to_regclass(?)";

  private static final String COLUMNS =
      "SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS name,"
          + " format_type(a.atttypid, -1) AS cast, a.atttypmod > -1 OR t.typtypmod > -1 AS modified,"
          + " CASE WHEN b.typtype = 'e' THEN 'enum'"
          + " WHEN b.typtype = 'b' AND b.typnamespace = 'pg_catalog'::regnamespace THEN b.typname"
          + " ELSE '' END AS base,"
          + " b.typcategory = 'A' AS is_array, a.attgenerated <> '' AS generated,"
          + " a.attidentity::text AS identity,"
          + " a.attnotnull OR t.typnotnull AS filled, coalesce(o.collname, '') AS collation,"
          + " coalesce(NOT o.collisdeterministic, false) AS fuzzy, b.typcollation = 0 AS uncollated"
          + " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
          + " JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END"
          + " LEFT JOIN pg_collation o ON o.oid = a.attcollation"
          + " WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

  private static final String INDEXES =
      "SELECT i.indisprimary, i.indpred IS NULL AND i.indexprs IS NULL AND i.indimmediate"
          + " AND i.indisvalid AND NOT i.indisexclusion AS arbiter,"
          + " ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(n, at)"
          + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n"
          + " WHERE k.at <= i.indnkeyatts ORDER BY k.at) AS columns"
          + " FROM pg_index i WHERE i.indrelid = ? AND (i.indisunique OR i.indisexclusion)"
          + " ORDER BY i.indexrelid";

  private final Connection connection;
  private final Map<String, PostgresType> types = new HashMap<>();
  private final Map<RelationColumn, String> identities = new HashMap<>();
  private final Map<String, Boolean> minded = new HashMap<>();
  private final Set<String> warned = new HashSet<>();

  PostgresRelations(Connection connection) {
    this.connection = connection;
  }

  /**
   * A relation found.
   *
   * @param oid its number in the catalogue
   * @param relation the relation
   * @param deferrable whether constraints that concern it can wait for the commit
   */
  record Found(long oid, Relation relation, boolean deferrable) {}

  /** The relation of that name; null where there is none. */
  Found find(String name) throws SQLException {
    for (String identifier : identifiers(name)) {
      try (PreparedStatement statement = connection.prepareStatement(FIND)) {
        statement.setString(1, identifier);
        try (ResultSet row = statement.executeQuery()) {
          if (row.next()) {
            return found(name, row);
          }
        }
      }
    }
    return null;
  }

  /** What a name may mean: a table of that name, or one in a schema before the first dot. */
  private static List<String> identifiers(String name) {
    if (PostgresNames.isIdentifier(name)) {
      return List.of(name);
    }
    List<String> identifiers = new ArrayList<>();
    identifiers.add(PostgresNames.identifier(name));
    int dot = name.indexOf('.');
    if (dot > 0 && dot < name.length() - 1) {
      identifiers.add(
          PostgresNames.identifier(name.substring(0, dot))
              + "."
              + PostgresNames.identifier(name.substring(dot + 1)));
    }
    return identifiers;
  }

  private Found found(String name, ResultSet row) throws SQLException {
    String kind = row.getString("relkind");
    if (!kind.equals("r") && !kind.equals("p")) {
      throw new WriteException(
          WriteException.Kind.FATAL,
          "Relation "
              + name
              + " is a "
              + kind(kind)
              + ", not a table that rows can be written to. Choose a table with table.mapping",
          null);
    }
    long oid = row.getLong("oid");
    boolean referenced = row.getBoolean("referenced");
    List<RelationColumn> columns = columns(oid);
    List<List<String>> uniqueKeys = new ArrayList<>();
    List<String> primaryKey = List.of();
    boolean secondary = false;
    try (PreparedStatement statement = connection.prepareStatement(INDEXES)) {
      statement.setLong(1, oid);
      try (ResultSet index = statement.executeQuery()) {
        while (index.next()) {
          List<String> names = Arrays.asList((String[]) index.getArray("columns").getArray());
          if (index.getBoolean("indisprimary")) {
            primaryKey = names;
          } else {
            secondary = true;
          }
          if (index.getBoolean("arbiter")) {
            uniqueKeys.add(names);
          }
        }
      }
    }
    String identifier =
        PostgresNames.identifier(row.getString("nspname"))
            + "."
            + PostgresNames.identifier(row.getString("relname"));
    boolean secured = row.getBoolean("secured");
    minded.put(identifier, secured || row.getBoolean("ruled"));
    if (secured && warned.add(identifier)) {
      LOG.warn(
          "Row security applies to this user on relation {}: rows that its policies hide are neither"
              + " updated nor deleted. For a relation that equals its source, own the table, or run:"
              + " ALTER ROLE ... BYPASSRLS",
          name);
    }
    // Rows of one unit can be in each other's way also by a foreign key that does not wait.
    boolean conflicts = secondary || referenced || row.getBoolean("refers");
    Relation relation =
        new Relation(name, identifier, columns, primaryKey, uniqueKeys, conflicts, referenced);
    return new Found(oid, relation, row.getBoolean("deferrable"));
  }

  private static String kind(String kind) {
    return switch (kind) {
      case "v" -> "view";
      case "m" -> "materialized view";
      case "f" -> "foreign table";
      case "S" -> "sequence";
      case "i", "I" -> "index";
      default -> "type";
    };
  }

  private List<RelationColumn> columns(long oid) throws SQLException {
    List<RelationColumn> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(column(row));
        }
      }
    }
    return columns;
  }

  private RelationColumn column(ResultSet row) throws SQLException {
    PostgresType type =
        new PostgresType(
            row.getString("name"),
            row.getString("cast"),
            row.getString("base"),
            row.getBoolean("modified"),
            row.getBoolean("is_array"));
    types.put(type.name(), type);
    boolean fuzzy = row.getBoolean("fuzzy");
    RelationColumn column =
        new RelationColumn(
            row.getString("attname"),
            type.name(),
            !row.getBoolean("generated"),
            !row.getBoolean("filled"),
            fuzzy ? FUZZY : row.getString("collation"),
            fuzzy || !PLAIN.contains(type.base()));
    identities.put(column, row.getString("identity"));
    return column;
  }

  /** The collation of columns whose text can be equal and yet differ. */
  static final String FUZZY = "nondeterministic";

  /** Types of which equal values do not differ. */
  private static final Set<String> PLAIN =
      Set.of(
          "bool",
          "bytea",
          "int2",
          "int4",
          "int8",
          "text",
          "varchar",
          "bpchar",
          "enum",
          "uuid",
          "date",
          "time",
          "timestamp",
          "timestamptz");

  /** The type of a column; {@link PostgresType#ANY} for what is none of a relation's. */
  PostgresType type(RelationColumn column) {
    return types.getOrDefault(column.type(), PostgresType.ANY);
  }

  /** Whether COPY does to a relation what INSERT does: it knows no rules, and no row security. */
  boolean copies(Relation relation) {
    return Boolean.FALSE.equals(minded.get(relation.identifier()));
  }

  /** Whether PostgreSQL numbers the column and takes other values only if told to. */
  boolean numbersAlways(RelationColumn column) {
    return "a".equals(identities.get(column));
  }
}
