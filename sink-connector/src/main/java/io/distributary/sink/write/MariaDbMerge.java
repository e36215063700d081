package io.distributary.sink.write;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements that bring staged rows into a relation by its key alone. {@code ON DUPLICATE KEY
 * UPDATE} would do for one row what it does for the other: on any unique index that a row conflicts
 * on it changes the row it finds there.
 */
final class MariaDbMerge {
  private final Dialect dialect;
  private final Sql sql;
  private final Plan plan;
  private final String stage;

  /**
   * A merge.
   *
   * @param stage the staged table, as an identifier
   */
  MariaDbMerge(Dialect dialect, Plan plan, String stage) {
    this.dialect = dialect;
    this.sql = new Sql(dialect);
    this.plan = plan;
    this.stage = stage;
  }

  /** Updates the rows that differ, then inserts those that are absent. */
  List<String> statements() {
    List<String> statements = new ArrayList<>();
    if (!sql.assigned(plan).isEmpty()) {
      statements.add(update());
    }
    statements.add(insert());
    return statements;
  }

  private String update() {
    List<String> set = new ArrayList<>();
    List<String> differs = new ArrayList<>();
    for (Plan.Place place : plan.columns()) {
      String name = dialect.quoted(place.target().name());
      if (sql.assigned(plan).contains(place.target().name())) {
        set.add("t." + name + " = s." + name);
        differs.add(dialect.differs(place.target(), "t." + name, "s." + name));
      }
    }
    if (plan.marker() != null) {
      String marker = "t." + dialect.quoted(plan.marker());
      set.add(marker + " = 0");
      differs.add("NOT (" + dialect.same(marker, "0") + ")");
    }
    return "UPDATE "
        + plan.relation().identifier()
        + " t JOIN "
        + stage
        + " s ON "
        + sameKey()
        + " SET "
        + String.join(", ", set)
        + " WHERE "
        + String.join(" OR ", differs);
  }

  private String insert() {
    String columns =
        plan.columnNames().stream()
            .map(name -> "s." + dialect.quoted(name))
            .collect(Collectors.joining(", "));
    return sql.insertInto(plan.relation().identifier(), plan)
        + " SELECT "
        + columns
        + (plan.marker() == null ? "" : ", 0")
        + " FROM "
        + stage
        + " s LEFT JOIN "
        + plan.relation().identifier()
        + " t ON "
        + sameKey()
        + " WHERE t."
        + dialect.quoted(plan.keyNames().get(0))
        + " IS NULL";
  }

  /** A key that holds a NULL equals none, as for a unique index. */
  private String sameKey() {
    return sql.quoted(plan.keyNames()).stream()
        .map(name -> "t." + name + " = s." + name)
        .collect(Collectors.joining(" AND "));
  }
}
