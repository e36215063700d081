package io.distributary.core.relation;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a {@code CREATE INDEX} statement that no pragma tells: the text of its expressions
 * and of its predicate. SQLite has accepted the statement, so only its structure is followed:
 * quotes, comments and parentheses.
 *
 * @param terms each indexed term's text, without its sort order
 * @param predicate the text after {@code WHERE}; null where there is none
 */
record SqliteIndexSql(List<String> terms, String predicate) {

  static SqliteIndexSql parse(String sql) {
    List<String> terms = new ArrayList<>();
    int start = end(sql, 0, "(") + 1;
    int at = start;
    while (true) {
      int end = end(sql, at, ",)");
      terms.add(withoutOrder(sql.substring(at, end)));
      at = end + 1;
      if (sql.charAt(end) == ')') {
        break;
      }
    }
    String rest = sql.substring(at).strip();
    int where = skipBlank(rest, 0);
    boolean partial = rest.regionMatches(true, where, "where", 0, 5);
    return new SqliteIndexSql(terms, partial ? rest.substring(where + 5).strip() : null);
  }

  /** Where the first of the stop characters stands outside of quotes, comments, parentheses. */
  private static int end(String sql, int from, String stops) {
    int depth = 0;
    int at = from;
    while (true) {
      int after = skipBlank(sql, at);
      if (after != at) {
        at = after;
        continue;
      }
      char c = sql.charAt(at);
      if (depth == 0 && stops.indexOf(c) >= 0) {
        return at;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      at = isQuote(c) ? afterQuoted(sql, at) : at + 1;
    }
  }

  private static boolean isQuote(char c) {
    return c == '\'' || c == '"' || c == '`' || c == '[';
  }

  private static int afterQuoted(String sql, int at) {
    char close = sql.charAt(at) == '[' ? ']' : sql.charAt(at);
    int end = sql.indexOf(close, at + 1);
    // A doubled quote inside is read as two quoted pieces side by side.
    return end + 1;
  }

  /** The next position that is neither blank nor comment. */
  private static int skipBlank(String sql, int from) {
    int at = from;
    while (at < sql.length()) {
      if (Character.isWhitespace(sql.charAt(at))) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int line = sql.indexOf('\n', at);
        at = line < 0 ? sql.length() : line + 1;
      } else if (sql.startsWith("/*", at)) {
        int close = sql.indexOf("*/", at + 2);
        at = close < 0 ? sql.length() : close + 2;
      } else {
        break;
      }
    }
    return at;
  }

  private static String withoutOrder(String term) {
    String text = term.strip();
    return text.replaceFirst("(?is)(?<=[\\s)\\]\"'`])(asc|desc)$", "").strip();
  }
}
