package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which tables are captured: by lists of regular expressions, as Debezium has them. */
final class TableSelection {
  /** What our own tables begin with. */
  private static final String OWN = "distributary_";

  private final List<String> named;
  private final List<Pattern> include;
  private final List<Pattern> exclude;

  /**
   * @throws CaptureException for an expression that is none
   */
  TableSelection(PostgresCaptureSettings.Tables tables) {
    named = tables.include();
    include = compiled("table.include.list", tables.include());
    exclude = compiled("table.exclude.list", tables.exclude());
  }

  /** Whether a table of that name is wanted. */
  boolean wants(String schema, String table) {
    String name = schema + "." + table;
    return !table.toLowerCase(Locale.ROOT).startsWith(OWN)
        && (include.isEmpty() || include.stream().anyMatch(p -> p.matcher(name).matches()))
        && exclude.stream().noneMatch(p -> p.matcher(name).matches());
  }

  /** Whether the user wrote the table's own name, and not just an expression that it matches. */
  boolean names(String schema, String table) {
    String name = schema + "." + table;
    return named.stream().anyMatch(text -> text.replace("\\", "").equalsIgnoreCase(name));
  }

  /** The names that the user wrote and no table has. */
  List<String> absent(List<String> present) {
    List<String> absent = new ArrayList<>();
    for (String name : named) {
      boolean plain =
          Pattern.compile("[\\w $\\\\.-]+", Pattern.UNICODE_CHARACTER_CLASS)
              .matcher(name)
              .matches();
      Pattern pattern = Pattern.compile(name, Pattern.CASE_INSENSITIVE);
      if (plain && present.stream().noneMatch(table -> pattern.matcher(table).matches())) {
        absent.add(name);
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
