package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteColumn;
import io.distributary.core.relation.SqliteTable;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the rows of a table are told apart: by its primary key, or without one by the rowid.
 *
 * <p>Two keys are the same here only if their bytes and types are. SQLite's own notion is wider:
 * under {@code NOCASE} {@code 'a'} equals {@code 'A'}, and in a column without a type {@code 1}
 * equals {@code 1.0}. Such columns are compared twice: as their index does, so that it is used, and
 * exactly.
 */
record TableKey(List<Part> parts) {

  /**
   * A column of the key.
   *
   * @param sql its name, quoted
   * @param folding whether its collation finds different texts equal
   * @param untyped whether it holds integers and reals that compare equal
   * @param nullable whether it may be null
   */
  record Part(String sql, boolean folding, boolean untyped, boolean nullable) {
    boolean exact() {
      return !folding && !untyped;
    }

    /** Whether two values of this column are the same, never null. */
    String same(String left, String right) {
      return left
          + " IS "
          + right
          + (folding ? " COLLATE BINARY" : "")
          + (untyped ? " AND typeof(" + left + ") = typeof(" + right + ")" : "");
    }

    /** Whether a row's value is that of a logged key, so that the key's index is used. */
    String joined(String row, String logged) {
      String found = row + (nullable ? " IS " : " = ") + logged;
      return exact() ? found : found + " AND " + same(row, logged);
    }
  }

  TableKey {
    parts = List.copyOf(parts);
  }

  static TableKey of(SqliteTable table) {
    List<SqliteColumn> columns = table.primaryKey();
    if (columns.isEmpty()) {
      return new TableKey(List.of(new Part(Names.quoted(table.rowidName()), false, false, false)));
    }
    boolean rowid = table.rowidIsKey();
    return new TableKey(
        columns.stream()
            .map(
                column ->
                    new Part(
                        Names.quoted(column.name()),
                        !column.collation().equals("BINARY"),
                        !rowid && (column.affinity() == Affinity.BLOB || isAny(column)),
                        !rowid && !table.withoutRowid() && !column.notNull()))
            .toList());
  }

  /** In STRICT tables ANY converts nothing, in others it is numeric; being careful costs little. */
  private static boolean isAny(SqliteColumn column) {
    return column.declaredType().equalsIgnoreCase("ANY");
  }

  int size() {
    return parts.size();
  }

  boolean nullable() {
    return parts.stream().anyMatch(Part::nullable);
  }

  /** The names of the log's key columns that this key fills: {@code k1, k2}. */
  String logged(String alias) {
    return each(i -> alias + "k" + (i + 1), ", ");
  }

  /** The key's values of a row: {@code NEW."a", NEW."b"}. */
  String values(String row) {
    return each(i -> row + parts.get(i).sql(), ", ");
  }

  /** Whether two rows of the table have the same key, never null. */
  String same(String left, String right) {
    return each(
        i -> parts.get(i).same(left + parts.get(i).sql(), right + parts.get(i).sql()), " AND ");
  }

  /** Whether a row has a logged key. */
  String joined(String row, String logged) {
    return each(
        i -> parts.get(i).joined(row + parts.get(i).sql(), logged + "k" + (i + 1)), " AND ");
  }

  /** What to group log rows by so that each group is one key. */
  String grouped() {
    return each(
        i -> "k" + (i + 1) + (parts.get(i).untyped() ? ", typeof(k" + (i + 1) + ")" : ""), ", ");
  }

  /** Whether a logged key has a null in it. */
  String hasNull(String logged) {
    return IntStream.range(0, size())
        .filter(i -> parts.get(i).nullable())
        .mapToObj(i -> logged + "k" + (i + 1) + " IS NULL")
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  private String each(Function<Integer, String> part, String between) {
    return IntStream.range(0, size()).boxed().map(part).collect(Collectors.joining(between));
  }
}
