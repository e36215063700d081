package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the rows of a table are told apart. The log has keys as text, so that one log serves all
 * tables.
 *
 * <p>Two keys are the same here only if they are written the same. PostgreSQL's own notion is wider
 * for some types: to {@code numeric}, 1.0 equals 1.00, to {@code citext}, 'a' equals 'A'. Their
 * columns are compared twice: as their index does, so that it is used, and exactly.
 */
record TableKey(List<Part> parts) {
  /** Types whose text does not depend on settings, and whose cast to it is built in. */
  private static final Set<String> PLAIN =
      Set.of(
          "smallint",
          "integer",
          "bigint",
          "oid",
          "uuid",
          "text",
          "character varying",
          "bpchar",
          "name",
          "boolean",
          "numeric");

  /** Types of which equal values may be written in several ways. */
  private static final Set<String> EXACT =
      Set.of(
          "smallint",
          "integer",
          "bigint",
          "oid",
          "uuid",
          "text",
          "character varying",
          "bpchar",
          "name",
          "boolean",
          "date",
          "time without time zone",
          "timestamp without time zone",
          "timestamp with time zone",
          "bytea");

  /** A column of the key. */
  record Part(ColumnDefinition column) {
    private static final String BUILT_IN = "pg_catalog";

    String sql() {
      return Names.quoted(column.name());
    }

    private boolean builtIn() {
      return column.typeSchema().equals(BUILT_IN);
    }

    boolean plain() {
      return builtIn() && PLAIN.contains(column.typeName());
    }

    private boolean exact() {
      return column.typeKind().equals("e")
          || (builtIn() && EXACT.contains(column.typeName()) && column.deterministic());
    }

    /** A value as the log has it. A cast that users made for a type of theirs is not called. */
    String text(String value) {
      String text =
          plain() ? value + "::pg_catalog.text" : "pg_catalog.format('%s', " + value + ")";
      return text + " COLLATE pg_catalog.\"C\"";
    }

    /** The value that the log has. */
    String value(String logged) {
      String cast = logged + "::" + column.declared();
      return column.collation() == null ? cast : cast + " COLLATE " + column.collation();
    }

    /** Whether a row's value is the logged one. */
    String joined(String row, String logged) {
      String base = row + sql();
      String found = base + " " + equal() + " (" + value(logged) + ")";
      return exact()
          ? found
          : found
              + " AND ("
              + base
              + ")::text COLLATE \"C\" = ("
              + value(logged)
              + ")::text COLLATE \"C\"";
    }

    /** The operator of a type that an extension brought is where the type is. */
    private String equal() {
      boolean own = column.typeKind().equals("b") && !builtIn();
      return own ? "OPERATOR(" + Names.quoted(column.typeSchema()) + ".=)" : "=";
    }
  }

  TableKey {
    parts = List.copyOf(parts);
  }

  static TableKey of(Definition table) {
    return new TableKey(
        table.key().stream().map(column -> new Part(table.column(column))).toList());
  }

  int size() {
    return parts.size();
  }

  /** Whether all parts are written the same whatever the writer's settings are. */
  boolean plain() {
    return parts.stream().allMatch(Part::plain);
  }

  /** The names of the log's key columns that this key fills: {@code k1, k2}. */
  String logged(String alias) {
    return each(i -> alias + "k" + (i + 1));
  }

  /** The logged key's values: {@code d.k1::integer, d.k2::text}. */
  String values(String logged) {
    return each(i -> parts.get(i).value(logged + "k" + (i + 1)));
  }

  /** Whether a row has a logged key. */
  String joined(String row, String logged) {
    return IntStream.range(0, size())
        .mapToObj(i -> parts.get(i).joined(row, logged + "k" + (i + 1)))
        .collect(Collectors.joining(" AND "));
  }

  private String each(Function<Integer, String> part) {
    return IntStream.range(0, size()).boxed().map(part).collect(Collectors.joining(", "));
  }
}
