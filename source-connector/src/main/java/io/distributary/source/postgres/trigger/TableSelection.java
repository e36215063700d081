package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.TableFilter;
import io.distributary.source.postgres.trigger.Catalogue.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which tables are captured: by lists of regular expressions, as Debezium has them. */
final class TableSelection {
  private final TableFilter filter;

  /**
   * @throws CaptureException for an expression that is none
   */
  TableSelection(TriggerCaptureSettings.Tables tables) {
    filter = new TableFilter(tables.include(), tables.exclude());
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
      List<Entry> tables, List<String> skipped, List<String> refused, List<String> absent) {}

  /**
   * Sorts out what is wanted and can be captured.
   *
   * @param role whom to grant what is missing
   */
  Selected from(List<Entry> entries, String role) {
    Selected selected =
        new Selected(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Map<String, Entry> named = new HashMap<>(); // a dot may be part of a name, too
    for (Entry entry : entries) {
      String name = entry.id().qualifiedName();
      if (wants(entry)) {
        String reason = reason(entry, role);
        Entry other = named.putIfAbsent(name, entry);
        if (reason == null && other != null) {
          selected
              .refused()
              .add(
                  "Tables "
                      + sql(other)
                      + " and "
                      + sql(entry)
                      + " are both called "
                      + name
                      + ". Rename one, or leave both out with table.exclude.list");
        } else if (reason == null) {
          selected.tables().add(entry);
        } else if (filter.names(name)) {
          selected.refused().add("Table " + name + " " + reason);
        } else if (entry.isTable()) {
          selected.skipped().add("Table " + name + " " + reason);
        }
      }
    }
    selected
        .absent()
        .addAll(filter.absent(entries.stream().map(e -> e.id().qualifiedName()).toList()));
    return selected;
  }

  private boolean wants(Entry entry) {
    return !entry.id().name().startsWith(Triggers.PREFIX)
        && filter.wants(entry.id().qualifiedName());
  }

  private static String sql(Entry entry) {
    return Names.quoted(entry.id().schema()) + "." + Names.quoted(entry.id().name());
  }

  /** Why a table cannot be captured; null if it can. */
  private static String reason(Entry entry, String role) {
    String sql = sql(entry);
    if (!entry.isTable()) {
      return entry.partition()
          ? "is a partition: capture the table that it is part of"
          : "is a view or a foreign table, whose changes fire no triggers here: capture the table"
              + " behind it";
    } else if (entry.unlogged()) {
      return "is unlogged: a crash empties it, and no trigger tells. ALTER TABLE "
          + sql
          + " SET LOGGED, or exclude it with table.exclude.list";
    } else if (entry.key().isEmpty()) {
      return "has no primary key, and no unique index over columns that are NOT NULL, so its rows"
          + " cannot be told apart. ALTER TABLE "
          + sql
          + " ADD PRIMARY KEY (...), or exclude it with table.exclude.list";
    } else if (!entry.readable()) {
      return "may not be read. GRANT USAGE ON SCHEMA "
          + Names.quoted(entry.id().schema())
          + " TO "
          + role
          + "; GRANT SELECT, TRIGGER ON "
          + sql
          + " TO "
          + role;
    } else if (entry.filtered()) {
      return "has row level security, which would hide rows from the connector. ALTER ROLE "
          + role
          + " BYPASSRLS";
    }
    return null;
  }
}
