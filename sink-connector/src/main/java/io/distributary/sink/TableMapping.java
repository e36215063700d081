package io.distributary.sink;

import io.distributary.sink.write.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/**
 * Parses {@code table.mapping}: entries {@code from:to} separated by semicolons, each with an
 * optional list of columns: {@code products:catalog(id, name:title); prices:prices}. A name with
 * other characters than letters, digits, {@code _}, {@code $}, {@code .} and {@code -} stands in
 * double quotes, which are doubled inside.
 */
final class TableMapping {
  private final String setting;
  private final String text;
  private int at;

  private TableMapping(String setting, String text) {
    this.setting = setting;
    this.text = text;
  }

  /**
   * The routes in that text, in order.
   *
   * @param setting the configuration key to name in an error
   * @throws ConfigException for text that is not of that form
   */
  static List<Route> parse(String setting, String text) {
    return new TableMapping(setting, text).routes();
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    skipSpace();
    while (at < text.length()) {
      routes.add(route());
      skipSpace();
      if (at < text.length()) {
        expect(';');
        skipSpace();
      }
    }
    return routes;
  }

  private Route route() {
    String from = name("a table");
    String to = next(':') ? name("a relation") : from;
    Map<String, String> columns = new LinkedHashMap<>();
    if (next('(')) {
      do {
        String column = name("a column");
        String renamed = next(':') ? name("a column") : column;
        if (columns.put(column, renamed) != null) {
          throw error("column '" + column + "' stands twice");
        }
      } while (next(','));
      expect(')');
    }
    return new Route(from, to, columns);
  }

  private String name(String what) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && plain(text.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw error("the name of " + what + " is expected");
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder name = new StringBuilder();
    for (at++; at < text.length(); at++) {
      if (text.charAt(at) != '"') {
        name.append(text.charAt(at));
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
        name.append('"');
        at++;
      } else {
        at++;
        return name.toString();
      }
    }
    throw error("a closing quote is missing");
  }

  private static boolean plain(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '.' || c == '-';
  }

  private boolean next(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!next(c)) {
      throw error("'" + c + "' is expected");
    }
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private ConfigException error(String what) {
    return new ConfigException(
        setting,
        text,
        what
            + " at character "
            + (at + 1)
            + "; the form is table:relation(column, column:renamed); table:relation");
  }
}
