package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.TableFilter;
import java.util.List;
import java.util.Locale;

/** Which tables are captured: by lists of regular expressions, as Debezium has them. */
final class TableSelection {
  /** What our own tables begin with. */
  private static final String OWN = "distributary_";

  private final TableFilter filter;

  /**
   * @throws CaptureException for an expression that is none
   */
  TableSelection(PostgresCaptureSettings.Tables tables) {
    filter = new TableFilter(tables.include(), tables.exclude());
  }

  /** Whether a table of that name is wanted. */
  boolean wants(String schema, String table) {
    return !table.toLowerCase(Locale.ROOT).startsWith(OWN) && filter.wants(schema + "." + table);
  }

  /** Whether the user wrote the table's own name, and not just an expression that it matches. */
  boolean names(String schema, String table) {
    return filter.names(schema + "." + table);
  }

  /** The names that the user wrote and no table has. */
  List<String> absent(List<String> present) {
    return filter.absent(present);
  }
}
