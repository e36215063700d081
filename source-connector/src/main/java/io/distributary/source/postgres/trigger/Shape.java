package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a table's definition its targets' rows depend on, as text that is kept in the source
 * database: so that a change is noticed that happened while nobody watched.
 */
final class Shape {
  private Shape() {}

  static String of(Definition table) {
    return String.join("\n", lines(table));
  }

  /**
   * Whether rows sent under the old shape are still right: nothing changed, or columns were added
   * behind the others that are null in all rows there were.
   */
  static boolean covers(String old, Definition table) {
    List<String> lines = lines(table);
    StringBuilder seen = new StringBuilder(old.length());
    int known = 0;
    while (known < lines.size() && seen.length() < old.length()) {
      seen.append(known == 0 ? "" : "\n").append(lines.get(known++));
    }
    return old.contentEquals(seen)
        && table.columns().subList(known - 1, table.columns().size()).stream()
            .allMatch(column -> column.defaultSql() == null);
  }

  private static List<String> lines(Definition table) {
    List<String> lines = new ArrayList<>();
    lines.add("KEY " + String.join(", ", table.key().stream().map(Names::quoted).toList()));
    for (ColumnDefinition column : table.columns()) {
      lines.add(
          Names.quoted(column.name())
              + " "
              + column.declared()
              + (column.collation() == null ? "" : " COLLATE " + column.collation())
              + (column.generated().isEmpty() ? "" : " AS " + column.defaultSql()));
    }
    return lines;
  }
}
