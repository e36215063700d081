package io.distributary.source.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which tables are wanted: by {@code table.include.list} and {@code table.exclude.list}, regular
 * expressions of whole names that ignore case, as Debezium has them. A value: it does not change.
 */
public final class TableFilter {
  /** What is a name rather than an expression; a dot may stand for itself, escaped or not. */
  private static final Pattern NAME =
      Pattern.compile("[\\w $\\\\.-]+", Pattern.UNICODE_CHARACTER_CLASS);

  private final List<String> named;
  private final List<Pattern> include;
  private final List<Pattern> exclude;

  /**
   * Reads the two lists.
   *
   * @param include expressions of the tables to take; empty for all
   * @param exclude expressions of the tables to leave, even if they are included
   * @throws CaptureException for an expression that is none, naming its list
   */
  public TableFilter(List<String> include, List<String> exclude) {
    this.named = List.copyOf(include);
    this.include = compiled("table.include.list", include);
    this.exclude = compiled("table.exclude.list", exclude);
  }

  /** Whether a table of that name is wanted. */
  public boolean wants(String name) {
    return (include.isEmpty() || matches(include, name)) && !matches(exclude, name);
  }

  /** Whether the user wrote the table's own name, and not just an expression that it matches. */
  public boolean names(String name) {
    return named.stream().anyMatch(text -> text.replace("\\", "").equalsIgnoreCase(name));
  }

  /** The names that the user wrote and no table has. */
  public List<String> absent(Collection<String> present) {
    List<String> absent = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      Pattern pattern = include.get(i);
      if (NAME.matcher(named.get(i)).matches()
          && present.stream().noneMatch(name -> pattern.matcher(name).matches())) {
        absent.add(named.get(i));
      }
    }
    return absent;
  }

  private static boolean matches(List<Pattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
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
