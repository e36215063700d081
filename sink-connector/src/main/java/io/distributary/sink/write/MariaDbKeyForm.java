package io.distributary.sink.write;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;

/**
 * When MariaDB and MySQL hold two key values to be equal: numbers by value, bytes as they are, text
 * by the column's collation. Collations that ignore case are known here for ASCII that can be
 * printed, in which those listed agree; for all other text only the database can tell.
 */
final class MariaDbKeyForm implements KeyForm {
  /** Without the languages' own: some of those hold V and W, or I and Y, to be the same. */
  private static final Set<String> IGNORING_CASE =
      Set.of(
          "general_ci",
          "general_nopad_ci",
          "unicode_ci",
          "unicode_nopad_ci",
          "unicode_520_ci",
          "unicode_520_nopad_ci",
          "uca1400_ai_ci",
          "uca1400_nopad_ai_ci",
          "0900_ai_ci");

  private enum Text {
    EXACT,
    IGNORING_CASE,
    UNKNOWN
  }

  private final MariaDbValues values;
  private final Text text;
  private final boolean padded;

  MariaDbKeyForm(MariaDbValues values, String collation) {
    this.values = values;
    this.text = rule(collation.toLowerCase(Locale.ROOT));
    this.padded = padded(collation.toLowerCase(Locale.ROOT));
  }

  private static Text rule(String collation) {
    if (collation.endsWith("_bin")) {
      return Text.EXACT;
    }
    String rules = collation.substring(collation.indexOf('_') + 1);
    return IGNORING_CASE.contains(rules) ? Text.IGNORING_CASE : Text.UNKNOWN;
  }

  /** Whether only equal text of that collation is equal, spaces at its end included. */
  static boolean isExact(String collation) {
    String lower = collation.toLowerCase(Locale.ROOT);
    return lower.isEmpty() || (rule(lower) == Text.EXACT && !padded(lower));
  }

  private static boolean padded(String collation) {
    return !collation.contains("nopad") && !collation.contains("_0900_");
  }

  @Override
  public Object of(Object value) {
    Object stored = values.stored(value);
    if (stored instanceof String string) {
      return values.type().isText() && !values.type().base().equals("enum")
          ? text(string)
          : UNKNOWN;
    } else if (stored instanceof BigDecimal number) {
      boolean whole = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
      return whole && number.toBigInteger().bitLength() < Long.SIZE
          ? (Object) number.longValue()
          : number.stripTrailingZeros();
    } else if (stored instanceof Long && values.type().isFloating()) {
      return UNKNOWN;
    }
    return stored instanceof Double ? UNKNOWN : stored;
  }

  private Object text(String string) {
    String trimmed = padded ? trimmed(string) : string;
    return switch (text) {
      case EXACT -> trimmed;
      case IGNORING_CASE -> folded(trimmed);
      case UNKNOWN -> UNKNOWN;
    };
  }

  private static Object folded(String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c < ' ' || c > '~') {
        return UNKNOWN;
      }
    }
    return string.toLowerCase(Locale.ROOT);
  }

  private static String trimmed(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }
}
