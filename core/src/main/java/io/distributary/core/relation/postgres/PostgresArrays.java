package io.distributary.core.relation.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of arrays (PostgreSQL's documentation, "Array Input and Output Syntax"), of one
 * dimension that begins at 1.
 */
public final class PostgresArrays {
  private PostgresArrays() {}

  /**
   * The elements' texts, null for NULL.
   *
   * @return null where the array has several dimensions, or bounds of its own
   */
  public static List<String> elements(String literal, char delimiter) {
    if (literal.charAt(0) != '{') {
      return null; // Bounds are written before it.
    }
    List<String> elements = new ArrayList<>();
    int at = 1;
    while (literal.charAt(at) != '}') {
      char c = literal.charAt(at);
      if (c == '{') {
        return null;
      }
      if (c == delimiter) {
        at++;
      } else if (c == '"') {
        StringBuilder text = new StringBuilder();
        at = quoted(literal, at + 1, text);
        elements.add(text.toString());
      } else {
        StringBuilder text = new StringBuilder();
        at = plain(literal, at, delimiter, text);
        elements.add(text.toString().equals("NULL") ? null : text.toString());
      }
    }
    return elements;
  }

  private static int quoted(String literal, int from, StringBuilder text) {
    int at = from;
    while (literal.charAt(at) != '"') {
      if (literal.charAt(at) == '\\') {
        at++;
      }
      text.append(literal.charAt(at++));
    }
    return at + 1;
  }

  private static int plain(String literal, int from, char delimiter, StringBuilder text) {
    int at = from;
    while (literal.charAt(at) != delimiter && literal.charAt(at) != '}') {
      if (literal.charAt(at) == '\\') {
        at++;
      }
      text.append(literal.charAt(at++));
    }
    return at;
  }

  static void appendQuoted(StringBuilder literal, String text) {
    literal.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append('\\');
      }
      literal.append(c);
    }
    literal.append('"');
  }
}
