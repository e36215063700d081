package io.distributary.sink.write;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statements that all dialects share. Each is rendered once per plan, never per row. */
final class Sql {
  private final Dialect dialect;

  Sql(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Renders a statement over a number of rows. */
  @FunctionalInterface
  interface Rows {
    /**
     * The statement.
     *
     * @param raw which parameters of the only row are bytes to be made text; null for none
     */
    String over(int rows, boolean[] raw);
  }

  /** Inserts rows into a table that has the plan's columns. */
  Rows insert(Plan plan, String table) {
    return (rows, raw) -> insertInto(table, plan) + " VALUES " + values(plan, rows, raw);
  }

  /** Inserts rows, or where the key is there, writes the columns that are no key. */
  Rows upsert(Plan plan) {
    String head = insertInto(plan.relation().identifier(), plan) + " VALUES ";
    String conflict = " " + onConflict(plan);
    return (rows, raw) -> head + values(plan, rows, raw) + conflict;
  }

  /** The clause that makes an insert of the plan's columns an upsert. */
  String onConflict(Plan plan) {
    return dialect.onConflict(quoted(plan.keyNames()), quoted(assigned(plan)));
  }

  /** Removes, or marks, rows by key. */
  Rows delete(Plan plan) {
    String head =
        plan.marker() == null
            ? "DELETE FROM " + plan.relation().identifier()
            : "UPDATE "
                + plan.relation().identifier()
                + " SET "
                + quoted(plan.marker())
                + " = "
                + dialect.marked();
    List<String> key = quoted(plan.keyNames());
    return key.size() == 1
        ? (rows, raw) -> head + " WHERE " + key.get(0) + " IN (" + group(rows, raw, "") + ")"
        : (rows, raw) ->
            head
                + " WHERE ("
                + String.join(", ", key)
                + ") IN ("
                + dialect.rowValues(repeat("(" + group(key.size(), raw, "") + ")", rows))
                + ")";
  }

  /** Removes, or marks, rows by key, where a NULL equals a NULL. */
  Rows deleteSame(Plan plan) {
    Rows delete = delete(plan);
    List<String> key = quoted(plan.keyNames());
    return (rows, raw) -> {
      String any = delete.over(1, null);
      return any.substring(0, any.indexOf(" WHERE ")) + " WHERE " + sameKey(key, raw);
    };
  }

  private String sameKey(List<String> key, boolean[] raw) {
    return IntStream.range(0, key.size())
        .mapToObj(i -> dialect.same(key.get(i), parameter(raw, i)))
        .collect(Collectors.joining(" AND "));
  }

  /** Writes those columns of one row, given first, by its key, given last. */
  Rows update(Plan plan, List<Plan.Place> touched) {
    return (rows, raw) -> {
      List<String> set = new ArrayList<>();
      for (int i = 0; i < touched.size(); i++) {
        set.add(quoted(touched.get(i).target().name()) + " = " + parameter(raw, i));
      }
      if (plan.marker() != null) {
        set.add(quoted(plan.marker()) + " = " + dialect.unmarked());
      }
      boolean[] keyRaw = new boolean[plan.key().size()];
      for (int i = 0; raw != null && i < keyRaw.length; i++) {
        keyRaw[i] = raw[touched.size() + i];
      }
      return "UPDATE "
          + plan.relation().identifier()
          + " SET "
          + String.join(", ", set)
          + " WHERE "
          + sameKey(quoted(plan.keyNames()), keyRaw);
    };
  }

  /** Removes, or marks, all rows. */
  String clear(Plan plan) {
    String table = plan.relation().identifier();
    return plan.marker() == null
        ? "DELETE FROM " + table
        : "UPDATE "
            + table
            + " SET "
            + quoted(plan.marker())
            + " = "
            + dialect.marked()
            + " WHERE NOT ("
            + dialect.same(quoted(plan.marker()), dialect.marked())
            + ")";
  }

  /** Makes a relation for a table's rows. */
  String createTable(String relation, List<String> definitions, List<String> key) {
    return "CREATE TABLE "
        + dialect.relationName(relation)
        + " ("
        + String.join(", ", definitions)
        + ", PRIMARY KEY ("
        + String.join(", ", quoted(key))
        + "))";
  }

  /** Adds a column to a relation. */
  String addColumn(Relation relation, String definition) {
    return "ALTER TABLE " + relation.identifier() + " ADD COLUMN " + definition;
  }

  /** {@code INSERT INTO table (columns)}; the table is quoted already. */
  String insertInto(String table, Plan plan) {
    List<String> names = new ArrayList<>(quoted(plan.columnNames()));
    if (plan.marker() != null) {
      names.add(quoted(plan.marker()));
    }
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", names)
        + ")"
        + dialect.insertOption(plan);
  }

  /** The columns an upsert writes: a key's only where equal values may differ. */
  List<String> assigned(Plan plan) {
    List<String> assigned = new ArrayList<>();
    for (Plan.Place place : plan.columns()) {
      if (place.target().ambiguous() || !plan.keyNames().contains(place.target().name())) {
        assigned.add(place.target().name());
      }
    }
    if (plan.marker() != null) {
      assigned.add(plan.marker());
    }
    return assigned;
  }

  String quoted(String name) {
    return dialect.quoted(name);
  }

  List<String> quoted(List<String> names) {
    return names.stream().map(dialect::quoted).toList();
  }

  private String values(Plan plan, int rows, boolean[] raw) {
    String marker = plan.marker() == null ? "" : ", " + dialect.unmarked();
    return repeat("(" + group(plan.columns().size(), raw, marker) + ")", rows);
  }

  private String group(int parameters, boolean[] raw, String end) {
    return IntStream.range(0, parameters)
        .mapToObj(i -> parameter(raw, i))
        .collect(Collectors.joining(", ", "", end));
  }

  private String parameter(boolean[] raw, int i) {
    return raw != null && raw[i] ? dialect.rawText() : "?";
  }

  private static String repeat(String group, int rows) {
    return (group + ", ").repeat(rows - 1) + group;
  }
}
