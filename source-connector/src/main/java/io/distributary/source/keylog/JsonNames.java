package io.distributary.source.keylog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A list of names as a JSON array of strings: offsets hold no lists. */
public final class JsonNames {
  private final String json;
  private int at;

  private JsonNames(String json) {
    this.json = json;
  }

  /** The names as JSON. */
  public static String write(Collection<String> names) {
    StringBuilder json = new StringBuilder("[");
    for (String name : names) {
      json.append(json.length() == 1 ? "\"" : ",\"");
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        if (c == '"' || c == '\\') {
          json.append('\\').append(c);
        } else if (c < ' ' || Character.isSurrogate(c)) {
          json.append(String.format("\\u%04x", (int) c));
        } else {
          json.append(c);
        }
      }
      json.append('"');
    }
    return json.append(']').toString();
  }

  /**
   * The names in JSON.
   *
   * @throws IllegalArgumentException when it is not a JSON array of strings
   */
  public static List<String> read(String json) {
    return new JsonNames(json).array();
  }

  private List<String> array() {
    List<String> names = new ArrayList<>();
    expect('[');
    if (peek() == ']') {
      at++;
    } else {
      do {
        names.add(string());
      } while (next() == ',');
      at--;
      expect(']');
    }
    if (at < json.length() && peek() != 0) {
      throw broken();
    }
    return names;
  }

  private String string() {
    expect('"');
    StringBuilder name = new StringBuilder();
    for (char c = raw(); c != '"'; c = raw()) {
      name.append(c == '\\' ? escaped() : c);
    }
    return name.toString();
  }

  private char escaped() {
    char c = raw();
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\\', '/' -> c;
      case 'u' -> {
        if (at + 4 > json.length()) {
          throw broken();
        }
        at += 4;
        yield (char) Integer.parseInt(json.substring(at - 4, at), 16);
      }
      default -> throw broken();
    };
  }

  private char raw() {
    if (at >= json.length()) {
      throw broken();
    }
    return json.charAt(at++);
  }

  /** The next character that is not blank, or 0 at the end; it is not taken. */
  private char peek() {
    while (at < json.length() && Character.isWhitespace(json.charAt(at))) {
      at++;
    }
    return at < json.length() ? json.charAt(at) : 0;
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char expected) {
    if (next() != expected) {
      throw broken();
    }
  }

  private IllegalArgumentException broken() {
    return new IllegalArgumentException("not an array of strings at character " + at);
  }
}
