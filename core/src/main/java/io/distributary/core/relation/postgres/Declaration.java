package io.distributary.core.relation.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A column's type as PostgreSQL's {@code format_type} prints it, taken apart.
 *
 * @param name the type's name as {@link PostgresType#name}, of an array that of its elements
 * @param modifiers length, or precision and scale; empty where there are none
 * @param array whether it is an array, of any number of dimensions
 */
public record Declaration(String name, List<Integer> modifiers, boolean array) {
  private static final Pattern FORM =
      Pattern.compile(
          "([^()\\[\\]]+?)(?:\\((-?\\d+)(?:, ?(-?\\d+))?\\))?( with(?:out)? time zone)?((?:\\[\\])*)");

  /** Copies the modifiers. */
  public Declaration {
    modifiers = List.copyOf(modifiers);
  }

  /** The declaration; null for a text that {@code format_type} would not print. */
  public static Declaration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    String name = form.group(1) + (form.group(4) == null ? "" : form.group(4));
    List<Integer> modifiers = new ArrayList<>(2);
    for (int i = 2; i <= 3 && form.group(i) != null; i++) {
      modifiers.add(Integer.valueOf(form.group(i)));
    }
    return new Declaration(canonical(name), modifiers, !form.group(5).isEmpty());
  }

  /** The declaration of a column of that type. */
  public static Declaration of(PostgresType type, List<Integer> modifiers) {
    boolean array = type.kind() == PostgresType.Kind.ARRAY;
    return new Declaration(array ? type.element().name() : type.name(), modifiers, array);
  }

  /** A name in PostgreSQL's own words for a type that goes by two. */
  private static String canonical(String name) {
    if (name.startsWith("interval ")) {
      return "interval"; // Which fields it keeps does not change what a value is.
    }
    return switch (name) {
      case "character" -> "bpchar";
      case "bit" -> "\"bit\"";
      default -> name;
    };
  }

  static String simpleName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The declaration as DDL takes it. */
  public String sql() {
    return (modifiers.isEmpty() || name.equals("money") ? name : modified()) + (array ? "[]" : "");
  }

  private String modified() {
    String list =
        modifiers.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")"));
    int zone = name.indexOf(" with");
    if (zone > 0) {
      return name.substring(0, zone) + list + name.substring(zone);
    }
    // Without a length these two are unlimited, and spelt otherwise they would have the length 1.
    return switch (name) {
      case "bpchar" -> "character" + list;
      case "\"bit\"" -> "bit" + list;
      default -> name + list;
    };
  }
}
