package io.distributary.sink.write;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteCatalogue;
import io.distributary.core.relation.SqliteColumn;
import io.distributary.core.relation.SqliteIndex;
import io.distributary.core.relation.SqliteTable;
import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What matters for writing, of a table in SQLite's catalogue. */
final class SqliteRelations {
  private SqliteRelations() {}

  /**
   * The relation of that name; null where there is none.
   *
   * @param foreignKeys whether it matters what refers to it
   */
  static Relation read(SqliteCatalogue catalogue, String name, boolean foreignKeys)
      throws SQLException {
    SqliteTable table = catalogue.table(name);
    if (table == null) {
      return null;
    }
    if (table.kind() != SqliteTable.Kind.TABLE) {
      throw new WriteException(
          WriteException.Kind.FATAL,
          "Relation "
              + name
              + " is a "
              + table.kind().name().toLowerCase(Locale.ROOT)
              + (table.kind() == SqliteTable.Kind.VIEW ? "" : " table")
              + ", not a table that rows can be written to. Choose a table with table.mapping",
          null);
    }
    List<List<String>> uniqueKeys = new ArrayList<>();
    List<String> primaryKey = table.primaryKey().stream().map(SqliteColumn::name).toList();
    if (table.rowidIsKey()) {
      uniqueKeys.add(primaryKey);
    }
    boolean secondary = false;
    for (SqliteIndex index : table.uniqueIndexes()) {
      secondary |= index.origin() != SqliteIndex.Origin.PRIMARY_KEY;
      if (index.predicate() == null && index.plainColumns() && sameCollations(table, index)) {
        uniqueKeys.add(index.terms().stream().map(SqliteIndex.Term::column).toList());
      }
    }
    return new Relation(
        table.name(),
        Names.quoted(table.name()),
        table.columns().stream().map(column -> column(table, column)).toList(),
        primaryKey,
        uniqueKeys,
        secondary,
        foreignKeys && !catalogue.foreignKeysTo(table.name()).isEmpty());
  }

  private static boolean sameCollations(SqliteTable table, SqliteIndex index) {
    return index.terms().stream()
        .allMatch(term -> table.column(term.column()).collation().equals(term.collation()));
  }

  private static RelationColumn column(SqliteTable table, SqliteColumn column) {
    boolean rowid = table.rowidIsKey() && column.pkOrdinal() > 0;
    boolean anyType = affinity(table.strict(), column.declaredType()) == Affinity.BLOB;
    return new RelationColumn(
        column.name(),
        table.strict() && column.declaredType().equalsIgnoreCase("ANY")
            ? ""
            : column.declaredType(),
        column.insertable(),
        !column.notNull() && !rowid,
        column.collation(),
        !rowid && (anyType || !column.collation().equals("BINARY")));
  }

  /** In a STRICT table ANY converts nothing; elsewhere it is a word like any other. */
  private static Affinity affinity(boolean strict, String type) {
    return strict && type.equalsIgnoreCase("ANY") ? Affinity.BLOB : SqliteTypes.affinity(type);
  }
}
