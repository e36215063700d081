package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.postgres.trigger.Catalogue.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which tables are captured: by lists of regular expressions, as Debezium has them. */
final class TableSelection {
  private final List<String> named;
  private final List<Pattern> include;
  private final List<Pattern> exclude;

  /**
   * @throws CaptureException for an expression that is none
   */
  TableSelection(TriggerCaptureSettings.Tables tables) {
    named = tables.include();
    include = compiled("table.include.list", tables.include());
    exclude = compiled("table.exclude.list", tables.exclude());
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
    for (Entry entry : entries) {
      String name = entry.id().qualifiedName();
      if (wants(entry)) {
        String reason = reason(entry, role);
        if (reason == null) {
          selected.tables().add(entry);
        } else if (names(name)) {
          selected.refused().add("Table " + name + " " + reason);
        } else if (entry.isTable()) {
          selected.skipped().add("Table " + name + " " + reason);
        }
      }
    }
    selected.absent().addAll(absent(entries));
    return selected;
  }

  private boolean wants(Entry entry) {
    String name = entry.id().qualifiedName();
    return !entry.id().name().startsWith(Triggers.PREFIX)
        && (include.isEmpty() || include.stream().anyMatch(p -> p.matcher(name).matches()))
        && exclude.stream().noneMatch(p -> p.matcher(name).matches());
  }

  /** Whether the user wrote the table's own name, and not just an expression that it matches. */
  private boolean names(String name) {
    return named.stream().anyMatch(text -> text.replace("\\", "").equalsIgnoreCase(name));
  }

  /** Why a table cannot be captured; null if it can. */
  private static String reason(Entry entry, String role) {
    String sql = Names.quoted(entry.id().schema()) + "." + Names.quoted(entry.id().name());
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

  private List<String> absent(List<Entry> entries) {
    List<String> absent = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      Pattern pattern = include.get(i);
      boolean plain =
          Pattern.compile("[\\w $\\\\.-]+", Pattern.UNICODE_CHARACTER_CLASS)
              .matcher(named.get(i))
              .matches();
      if (plain
          && entries.stream().noneMatch(e -> pattern.matcher(e.id().qualifiedName()).matches())) {
        absent.add(named.get(i));
      }
    }
    return absent;
  }

  private static List<Pattern> compiled(String key, List<String> expressions) {
    List<Pattern> patterns = new ArrayList<>();
    for (String expression : expressions) {
      try {
        patterns.add(Pattern.compile(expression, Pattern.CASE_INSENSITIVE));
      } catch (PatternSyntaxException e) {
        throw new CaptureException(
            key + ": '" + expression + "' is not a regular expression: " + e.getDescription(), e);
      }
    }
    return patterns;
  }
}
