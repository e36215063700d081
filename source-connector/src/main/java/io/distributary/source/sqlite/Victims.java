package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteColumn;
import io.distributary.core.relation.SqliteColumn.Generated;
import io.distributary.core.relation.SqliteIndex;
import io.distributary.core.relation.SqliteIndex.Origin;
import io.distributary.core.relation.SqliteIndex.Term;
import io.distributary.core.relation.SqliteTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows that {@code REPLACE} would remove to make room for a new one: SQLite fires no delete
 * triggers for them (unless {@code recursive_triggers} is on). They are those that equal the new
 * row in another unique index than the key, so each such index gives a condition that finds them by
 * that index. A condition may find a row that stays: a key logged needlessly is harmless.
 *
 * @param conditions one per index, in terms of the table's columns and {@code NEW}
 * @param insertGuard when to look at an insert at all, as a {@code WHEN} clause; or empty
 * @param updateOf the updates that can collide, as an {@code OF} clause; empty for all
 */
record Victims(List<String> conditions, String insertGuard, String updateOf) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> CONSTANTS =
      Set.of("null", "true", "false", "current_date", "current_time", "current_timestamp");

  boolean isEmpty() {
    return conditions.isEmpty();
  }

  static Victims of(CapturedTable table) {
    SqliteTable definition = table.definition();
    List<String> conditions = new ArrayList<>();
    Set<String> columns = new LinkedHashSet<>();
    boolean anyUpdate = false;
    for (SqliteIndex index : definition.uniqueIndexes()) {
      if (!followsFromKey(index, table)) {
        conditions.add(condition(index, definition));
        anyUpdate |= !collidesOnlyByItsColumns(index, definition);
        index.terms().stream().filter(t -> t.column() != null).forEach(t -> columns.add(t.sql()));
      }
    }
    boolean onlyRowid = conditions.isEmpty();
    String rowid = definition.rowidName();
    if (!table.keyedByRowid() && !definition.rowidIsKey() && rowid != null) {
      // The rowid is unique too, and can be given, though hardly anyone does.
      conditions.add(rowid + " = NEW." + rowid);
      Stream.of("rowid", "_rowid_", "oid")
          .filter(alias -> definition.column(alias) == null)
          .forEach(columns::add);
    }
    return new Victims(
        conditions,
        // A rowid that the database is to choose is -1 before the insert.
        onlyRowid && !conditions.isEmpty() ? " WHEN NEW." + rowid + " <> -1" : "",
        anyUpdate ? "" : " OF " + String.join(", ", columns));
  }

  /** Whether rows that are equal in the index have the same key anyway. */
  private static boolean followsFromKey(SqliteIndex index, CapturedTable table) {
    if (index.predicate() != null || !table.key().parts().stream().allMatch(TableKey.Part::exact)) {
      return false;
    }
    return index.origin() == Origin.PRIMARY_KEY
        || table.key().parts().stream()
            .allMatch(
                part ->
                    index.terms().stream()
                        .anyMatch(
                            term ->
                                term.sql().equals(part.sql())
                                    && term.collation().equals("BINARY")));
  }

  private static boolean collidesOnlyByItsColumns(SqliteIndex index, SqliteTable table) {
    return index.predicate() == null
        && index.terms().stream()
            .allMatch(
                term ->
                    term.column() != null
                        && table.column(term.column()).generated() == Generated.NO);
  }

  private static String condition(SqliteIndex index, SqliteTable table) {
    String equal =
        index.terms().stream().map(term -> equal(term, table)).collect(Collectors.joining(" AND "));
    // Only with its predicate can a partial index be used; a trailing comment ends with its line.
    return index.predicate() == null ? equal : equal + " AND (" + index.predicate() + "\n)";
  }

  private static String equal(Term term, SqliteTable table) {
    String given;
    if (term.column() != null) {
      given = given(table.column(term.column()));
    } else {
      String row =
          table.columns().stream()
              .map(column -> given(column) + " AS " + Names.quoted(column.name()))
              .collect(Collectors.joining(", "));
      given = "(SELECT " + term.sql() + "\n FROM (SELECT " + row + "))";
    }
    String collated =
        term.collation().equals("BINARY") && !foldsByItself(term, table)
            ? given
            : given + " COLLATE " + Names.quoted(term.collation());
    // The left side's collation counts, so it is the one that the index has.
    return collated + " = " + (term.column() != null ? term.sql() : "(" + term.sql() + "\n)");
  }

  private static boolean foldsByItself(Term term, SqliteTable table) {
    return term.column() == null || !table.column(term.column()).collation().equals("BINARY");
  }

  /** The value that the row will have: under REPLACE a default stands in for a forbidden null. */
  private static String given(SqliteColumn column) {
    String value = "NEW." + Names.quoted(column.name());
    String standIn = column.notNull() ? literal(column.defaultSql()) : null;
    return standIn == null ? value : "coalesce(" + value + ", (" + standIn + "))";
  }

  /** A bare or quoted word as a default is a text, but would be a column in an expression. */
  private static String literal(String defaultSql) {
    if (defaultSql == null || defaultSql.equalsIgnoreCase("null")) {
      return null;
    } else if (defaultSql.startsWith("\"") && defaultSql.endsWith("\"")) {
      String inner = defaultSql.substring(1, defaultSql.length() - 1);
      return Names.literal(inner.replace("\"\"", "\""));
    } else if (WORD.matcher(defaultSql).matches()
        && !CONSTANTS.contains(defaultSql.toLowerCase(Locale.ROOT))) {
      return Names.literal(defaultSql);
    }
    return defaultSql;
  }
}
