package io.distributary.core.relation.postgres;

import java.util.LinkedHashMap;
import java.util.Map;

/** The text of an hstore (PostgreSQL's documentation, "hstore External Representation"). */
public final class Hstore {
  private Hstore() {}

  /** The keys and values of a text as PostgreSQL writes it: all quoted but NULL. */
  static Map<String, String> map(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      StringBuilder key = new StringBuilder();
      at = quoted(text, at + 1, key) + 2; // past =>
      if (text.startsWith("NULL", at)) {
        map.put(key.toString(), null);
        at += 4;
      } else {
        StringBuilder value = new StringBuilder();
        at = quoted(text, at + 1, value);
        map.put(key.toString(), value.toString());
      }
      at += 2; // past the comma and the blank
    }
    return map;
  }

  private static int quoted(String text, int from, StringBuilder content) {
    int at = from;
    while (text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at++;
      }
      content.append(text.charAt(at++));
    }
    return at + 1;
  }

  /** The map as an hstore's text. */
  public static String text(Map<?, ?> map) {
    StringBuilder text = new StringBuilder();
    map.forEach(
        (key, value) -> {
          text.append(text.isEmpty() ? "" : ", ");
          PostgresArrays.appendQuoted(text, key.toString());
          text.append("=>");
          if (value == null) {
            text.append("NULL");
          } else {
            PostgresArrays.appendQuoted(text, value.toString());
          }
        });
    return text.toString();
  }
}
