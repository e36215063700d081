package io.distributary.core.relation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The full definition of a table or view in a SQLite database. Two definitions are equal when
 * nothing about them differs.
 *
 * @param name the name as declared
 * @param kind what sort of table it is
 * @param sql its {@code CREATE} statement as the database keeps it; null where it keeps none
 * @param withoutRowid whether it is a {@code WITHOUT ROWID} table
 * @param strict whether it is a {@code STRICT} table
 * @param columns all columns in order, generated ones included
 * @param indexes all indexes, those made by constraints included
 * @param foreignKeys the foreign keys that it has
 * @param triggers the triggers on it
 */
public record SqliteTable(
    String name,
    Kind kind,
    String sql,
    boolean withoutRowid,
    boolean strict,
    List<SqliteColumn> columns,
    List<SqliteIndex> indexes,
    List<SqliteForeignKey> foreignKeys,
    List<Trigger> triggers) {

  /** What sort of table it is. */
  public enum Kind {
    /** An ordinary table. */
    TABLE,
    /** A view. */
    VIEW,
    /** A virtual table: a module answers for its content. */
    VIRTUAL,
    /** A table that keeps the content of a virtual one. */
    SHADOW
  }

  /**
   * A trigger on a table.
   *
   * @param name the trigger's name
   * @param sql its {@code CREATE TRIGGER} statement
   */
  public record Trigger(String name, String sql) {}

  /** Copies the lists. */
  public SqliteTable {
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
    foreignKeys = List.copyOf(foreignKeys);
    triggers = List.copyOf(triggers);
  }

  /** The primary key's columns in the key's order; empty where none is declared. */
  public List<SqliteColumn> primaryKey() {
    return columns.stream()
        .filter(column -> column.pkOrdinal() > 0)
        .sorted(Comparator.comparingInt(SqliteColumn::pkOrdinal))
        .toList();
  }

  /** The indexes that enforce uniqueness, that of the primary key included where it has one. */
  public List<SqliteIndex> uniqueIndexes() {
    return indexes.stream().filter(SqliteIndex::unique).toList();
  }

  /** The column of that name, compared as SQLite does, without regard to ASCII case; or null. */
  public SqliteColumn column(String column) {
    for (SqliteColumn candidate : columns) {
      if (candidate.name().equalsIgnoreCase(column)) {
        return candidate;
      }
    }
    return null;
  }

  /** Whether the primary key is the rowid itself ({@code INTEGER PRIMARY KEY}). */
  public boolean rowidIsKey() {
    List<SqliteColumn> key = primaryKey();
    // An index for the key exists unless the key is the rowid; INTEGER PRIMARY KEY DESC has one.
    return !withoutRowid
        && key.size() == 1
        && indexes.stream().noneMatch(i -> i.origin() == SqliteIndex.Origin.PRIMARY_KEY);
  }

  /**
   * The name by which the rowid can be reached; null in a {@code WITHOUT ROWID} table and where
   * columns hide all three.
   */
  public String rowidName() {
    return withoutRowid
        ? null
        : Stream.of("rowid", "_rowid_", "oid")
            .filter(alias -> column(alias) == null)
            .findFirst()
            .orElse(null);
  }

  /**
   * The table as records see it, generated columns included. One without a primary key is keyed by
   * its rowid, which then is an extra first column.
   *
   * @param database what to call the database in records
   * @throws ConnectException when there is neither a primary key nor a rowid that can be reached
   */
  public Table table(String database) {
    TableId id = new TableId(database, null, name);
    List<Column> recorded = new ArrayList<>(columns.size() + 1);
    List<SqliteColumn> key = primaryKey();
    if (key.isEmpty()) {
      if (rowidName() == null) {
        throw new ConnectException(
            "Table "
                + name
                + " has no primary key, and its columns hide rowid, _rowid_ and oid, so its rows"
                + " cannot be told apart. Give it a primary key, or rename one of these columns.");
      }
      recorded.add(new Column(rowidName(), Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"));
    }
    columns.forEach(column -> recorded.add(recorded(column)));
    int[] indexes =
        key.isEmpty() ? new int[] {0} : key.stream().mapToInt(columns::indexOf).toArray();
    return new Table(id, recorded, indexes);
  }

  /**
   * A key that is declared INTEGER without being the rowid takes any value, as in {@code WITHOUT
   * ROWID} tables. Declared so again it would be the rowid, which takes integers only; INT has the
   * same affinity and is none.
   */
  private Column recorded(SqliteColumn column) {
    Column plain = column.column();
    boolean looksLikeRowid =
        column.pkOrdinal() == 1
            && primaryKey().size() == 1
            && "INTEGER".equalsIgnoreCase(plain.declaredType())
            && !rowidIsKey();
    return looksLikeRowid ? new Column(plain.name(), plain.schema(), "INT") : plain;
  }

  /** The columns' names, in order. */
  public List<String> columnNames() {
    return columns.stream().map(SqliteColumn::name).toList();
  }
}
