package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteColumn;
import io.distributary.core.relation.SqliteColumn.Generated;
import io.distributary.core.relation.SqliteTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a table's definition its targets' rows depend on, as text that is kept in the source
 * database: so that a change is noticed that happened while nobody watched.
 */
final class Shape {
  private Shape() {}

  static String of(SqliteTable table) {
    return String.join("\n", lines(table));
  }

  /**
   * Whether rows sent under the old shape are still right: nothing changed, or columns were added
   * behind the others that are null in all rows there were.
   */
  static boolean covers(String old, SqliteTable table) {
    List<String> lines = lines(table);
    StringBuilder seen = new StringBuilder(old.length());
    int known = 0;
    while (known < lines.size() && seen.length() < old.length()) {
      seen.append(known == 0 ? "" : "\n").append(lines.get(known++));
    }
    return old.contentEquals(seen)
        && table.columns().subList(known, lines.size()).stream().allMatch(Shape::startsNull);
  }

  private static boolean startsNull(SqliteColumn column) {
    return column.generated() == Generated.NO
        && column.pkOrdinal() == 0
        && (column.defaultSql() == null || column.defaultSql().equalsIgnoreCase("null"));
  }

  private static List<String> lines(SqliteTable table) {
    List<String> lines = new ArrayList<>();
    for (SqliteColumn column : table.columns()) {
      lines.add(
          Names.quoted(column.name())
              + " "
              + column.declaredType()
              + " "
              + column.generated()
              + (column.pkOrdinal() == 0
                  ? ""
                  : " KEY " + column.pkOrdinal() + " " + column.collation()));
    }
    return lines;
  }
}
