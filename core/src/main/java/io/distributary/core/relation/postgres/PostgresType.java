package io.distributary.core.relation.postgres;

import java.util.List;
import java.util.Objects;

/**
 * A type of PostgreSQL's catalogue. Domains do not appear: they are resolved to what they are over.
 *
 * @param name as {@code format_type} prints it without a modifier, for example {@code integer},
 *     {@code bpchar} or {@code app.mood}
 * @param kind what sort of type it is
 * @param element the type of an array's elements; null for other types
 * @param labels the labels of an enumeration in order; empty for other types
 * @param delimiter what separates values of this type in an array's text
 */
public record PostgresType(
    String name, Kind kind, PostgresType element, List<String> labels, char delimiter) {

  /** What sort of type it is. */
  public enum Kind {
    /** A scalar type. */
    BASE,
    /** An enumeration. */
    ENUM,
    /** A row type. */
    COMPOSITE,
    /** A range or multirange. */
    RANGE,
    /** An array. */
    ARRAY
  }

  /** Copies the labels. */
  public PostgresType {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    labels = List.copyOf(labels);
  }

  /** A scalar type of that name. */
  public static PostgresType base(String name) {
    // The only built-in type with another delimiter is box.
    return new PostgresType(name, Kind.BASE, null, List.of(), name.equals("box") ? ';' : ',');
  }

  /** The array of that element. */
  public static PostgresType array(PostgresType element) {
    return new PostgresType(element.name() + "[]", Kind.ARRAY, element, List.of(), ',');
  }

  /** The name without the schema that may stand before it. */
  public String simpleName() {
    return Declaration.simpleName(name);
  }
}
