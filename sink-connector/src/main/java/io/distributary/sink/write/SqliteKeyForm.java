package io.distributary.sink.write;

import io.distributary.core.record.RawText;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.util.Locale;

/**
 * When SQLite holds two key values to be equal ("Datatypes In SQLite", sections 3 and 4): after the
 * column's affinity was applied, integers and doubles by their numbers, text by the collation.
 */
final class SqliteKeyForm implements KeyForm {
  private static final double LIMIT = 0x1p63;

  private final SqliteValues values;
  private final Affinity affinity;
  private final String collation;

  SqliteKeyForm(SqliteValues values, Affinity affinity, String collation) {
    this.values = values;
    this.affinity = affinity;
    this.collation = collation.toUpperCase(Locale.ROOT);
  }

  @Override
  public Object of(Object value) {
    if (value instanceof Long number) {
      return integer(number);
    } else if (value instanceof String text && !values.decodesText()) {
      return text(text);
    } else if (value instanceof Double number) {
      return real(number);
    } else if (value instanceof byte[]) {
      return value;
    } else if (value instanceof RawText) {
      return collation.equals("BINARY") ? value : UNKNOWN;
    }
    return of(values.stored(value));
  }

  private Object integer(Long number) {
    return switch (affinity) {
      case TEXT -> text(number.toString());
      case REAL -> real(number.doubleValue());
      case INTEGER, NUMERIC, BLOB -> number;
    };
  }

  private Object real(double number) {
    if (affinity == Affinity.TEXT) {
      // Only SQLite knows how it spells a double.
      return UNKNOWN;
    }
    boolean whole = number == Math.rint(number) && number >= -LIMIT && number < LIMIT;
    return whole ? (Object) (long) number : (Object) number;
  }

  private Object text(String text) {
    if (affinity != Affinity.TEXT && affinity != Affinity.BLOB && mayBeNumber(text)) {
      return UNKNOWN;
    }
    return switch (collation) {
      case "BINARY" -> text;
      case "NOCASE" -> folded(text);
      case "RTRIM" -> trimmed(text);
      default -> UNKNOWN;
    };
  }

  private static boolean mayBeNumber(String text) {
    if (text.isEmpty()) {
      return false;
    }
    char first = text.charAt(0);
    return first <= ' ' || (first >= '0' && first <= '9') || "+-.".indexOf(first) >= 0;
  }

  /** ASCII letters only, as NOCASE compares; NUL ends the text there, so only SQLite can tell. */
  private static Object folded(String text) {
    StringBuilder folded = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return UNKNOWN;
      }
      if (c >= 'A' && c <= 'Z') {
        folded = folded == null ? new StringBuilder(text) : folded;
        folded.setCharAt(i, (char) (c + 32));
      }
    }
    return folded == null ? text : folded.toString();
  }

  private static String trimmed(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }
}
