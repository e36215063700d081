package io.distributary.source.sqlite;

import io.distributary.core.relation.SqliteTable.Kind;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.TableFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which tables are captured: by lists of regular expressions, as Debezium has them. */
final class TableSelection {
  private final TableFilter filter;

  /**
   * @throws CaptureException for an expression that is none
   */
  TableSelection(List<String> include, List<String> exclude) {
    filter = new TableFilter(include, exclude);
  }

  /**
   * What was selected from a catalogue.
   *
   * @param tables the tables to capture
   * @param skipped the selected tables that cannot be, but were not asked for by name
   * @param refused the tables asked for by name that cannot be captured, each with the reason
   * @param absent the names asked for that no table has
   */
  record Selected(
      List<String> tables, List<String> skipped, List<String> refused, List<String> absent) {}

  Selected from(Map<String, Kind> catalogue) {
    Selected selected =
        new Selected(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    catalogue.forEach((name, kind) -> add(name, kind, selected));
    selected.absent().addAll(filter.absent(catalogue.keySet()));
    return selected;
  }

  private void add(String name, Kind kind, Selected selected) {
    if (name.toLowerCase(Locale.ROOT).startsWith(Triggers.PREFIX) || !filter.wants(name)) {
      return;
    }
    boolean byName = filter.names(name);
    switch (kind) {
      case TABLE -> selected.tables().add(name);
      case VIEW -> {
        if (byName) {
          selected.refused().add(name + " is a view: capture the tables behind it");
        }
      }
      case VIRTUAL ->
          refuse(name, "a virtual table, on which no triggers can stand", byName, selected);
      case SHADOW -> refuse(name, "part of a virtual table's own storage", byName, selected);
    }
  }

  private static void refuse(String name, String what, boolean byName, Selected selected) {
    if (byName) {
      selected.refused().add(name + " is " + what + ": exclude it");
    } else {
      selected.skipped().add(name + " is " + what);
    }
  }
}
