package io.distributary.sink.write;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a column, as the catalogue writes it ({@code decimal(10,2) unsigned}).
 *
 * @param base the type's name in lower case
 * @param first the first number in brackets: length, precision or digits of a second; -1 for none
 * @param second the second one: the scale; 0 for none
 * @param members the values of an enum; empty for other types
 */
record MariaDbType(String base, int first, int second, List<String> members) {
  private static final Pattern FORM = Pattern.compile("(\\w+)(?:\\((.*)\\))?.*", Pattern.DOTALL);
  private static final Pattern NUMBERS = Pattern.compile("(\\d+)(?:,(\\d+))?");
  private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");

  private static final Set<String> INTEGERS =
      Set.of("tinyint", "smallint", "mediumint", "int", "integer", "bigint");
  private static final Set<String> TEXTS =
      Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "set", "enum");
  private static final Set<String> BINARIES =
      Set.of("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob");

  static MariaDbType of(String declared) {
    Matcher form = FORM.matcher(declared);
    if (!form.matches()) {
      return new MariaDbType("", -1, 0, List.of());
    }
    String base = form.group(1).toLowerCase(Locale.ROOT);
    String inside = form.group(2) == null ? "" : form.group(2);
    if (base.equals("enum")) {
      List<String> members =
          MEMBER.matcher(inside).results().map(m -> m.group(1).replace("''", "'")).toList();
      return new MariaDbType(base, -1, 0, members);
    }
    Matcher numbers = NUMBERS.matcher(inside);
    boolean some = numbers.matches();
    return new MariaDbType(
        base,
        some ? Integer.parseInt(numbers.group(1)) : -1,
        some && numbers.group(2) != null ? Integer.parseInt(numbers.group(2)) : 0,
        List.of());
  }

  /** Whether it is not known, so that a value is taken as what it is: the user's own SQL. */
  boolean isAny() {
    return base.isEmpty();
  }

  boolean isInteger() {
    return INTEGERS.contains(base) || base.equals("year") || base.equals("bit");
  }

  boolean isDecimal() {
    return base.equals("decimal");
  }

  boolean isFloating() {
    return base.equals("double") || base.equals("float");
  }

  boolean isText() {
    return TEXTS.contains(base);
  }

  boolean isBinary() {
    return BINARIES.contains(base);
  }

  boolean isTime() {
    return Arrays.asList("date", "time", "datetime", "timestamp").contains(base);
  }

  /** How many digits of a second the column keeps. */
  int secondDigits() {
    return Math.max(first, 0);
  }
}
