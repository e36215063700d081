package io.distributary.sink.write;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement with {@code :name} parameters, taken apart. What stands in quotes or comments is left
 * alone, and so is {@code ::}.
 *
 * @param pieces the text before, between and after the parameters
 * @param names the parameters' names, in order; one may stand several times
 */
record NamedSql(List<String> pieces, List<String> names) {

  /** The statement with question marks, or where it is raw, with that for a parameter. */
  String sql(boolean[] raw, String rawText) {
    StringBuilder sql = new StringBuilder(pieces.get(0));
    for (int i = 0; i < names.size(); i++) {
      sql.append(raw != null && raw[i] ? rawText : "?").append(pieces.get(i + 1));
    }
    return sql.toString();
  }

  static NamedSql parse(String text) {
    StringBuilder piece = new StringBuilder(text.length());
    List<String> pieces = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = skipped(text, at);
      if (end == at && text.charAt(at) == ':') {
        int nameEnd = nameEnd(text, at + 1);
        if (nameEnd > at + 1) {
          names.add(name(text.substring(at + 1, nameEnd)));
          pieces.add(piece.toString());
          piece.setLength(0);
          at = nameEnd;
          continue;
        }
        end = text.startsWith("::", at) ? at + 2 : at + 1;
      }
      end = Math.max(end, at + 1);
      piece.append(text, at, end);
      at = end;
    }
    pieces.add(piece.toString());
    return new NamedSql(List.copyOf(pieces), List.copyOf(names));
  }

  /** Where the quoted piece or comment that begins here ends; here if none does. */
  private static int skipped(String text, int at) {
    char c = text.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      return closed(text, text.indexOf(c, at + 1), 1);
    } else if (c == '[') {
      return closed(text, text.indexOf(']', at + 1), 1);
    } else if (text.startsWith("--", at)) {
      return closed(text, text.indexOf('\n', at), 1);
    } else if (text.startsWith("/*", at)) {
      return closed(text, text.indexOf("*/", at + 2), 2);
    }
    return at;
  }

  private static int closed(String text, int close, int length) {
    return close < 0 ? text.length() : close + length;
  }

  private static int nameEnd(String text, int start) {
    if (start < text.length() && text.charAt(start) == '"') {
      return closed(text, text.indexOf('"', start + 1), 1);
    }
    int end = start;
    while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static String name(String written) {
    return written.startsWith("\"") ? written.substring(1, written.length() - 1) : written;
  }
}
