package io.distributary.sink.write;

import static java.util.stream.Collectors.joining;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Brings a relation to the content of a staged table, touching only rows that differ. */
final class Merge {
  private static final String CONFLICT = "distributary_merge";

  private final Dialect dialect;
  private final Sql sql;
  private final Plan plan;
  private final String stage;
  private final String table;

  /**
   * A merge.
   *
   * @param stage the staged table's name, as an identifier
   */
  Merge(Dialect dialect, Plan plan, String stage) {
    this.dialect = dialect;
    this.sql = new Sql(dialect);
    this.plan = plan;
    this.stage = stage;
    this.table = plan.relation().identifier();
  }

  /** Deletes, or marks, the rows that are not staged. */
  void deleteAbsent() throws SQLException {
    String clear = sql.clear(plan);
    execute(clear + (plan.marker() == null ? " WHERE " : " AND ") + "NOT " + staged(""));
  }

  /** Inserts the staged rows that the relation lacks and updates those that differ. */
  void upsert() throws SQLException {
    if (plan.nullableKey()) {
      // No unique index tells rows apart whose key holds a NULL: those staged replace them.
      execute("DELETE FROM " + table + " WHERE (" + nullKey() + ") AND " + staged(""));
    }
    Savepoint savepoint = Savepoint.set(dialect.connection(), CONFLICT);
    try {
      executeUpserts();
      savepoint.release();
    } catch (SQLException e) {
      if (!dialect.errors().uniqueConflict(e) || !plan.covers() || plan.marker() != null) {
        throw e;
      }
      // Rows exchange values of another unique index: those that differ go first.
      savepoint.rollback();
      execute("DELETE FROM " + table + " WHERE " + staged(" AND (" + differs("s") + ")"));
      executeUpserts();
    }
  }

  private void executeUpserts() throws SQLException {
    for (String upsert : dialect.merge(plan, stage)) {
      execute(upsert);
    }
  }

  /** One statement for both, where the database has one that finds rows by their key alone. */
  String upsertStatement() {
    String columns = String.join(", ", sql.quoted(plan.columnNames()));
    List<String> assigned = sql.assigned(plan);
    return sql.insertInto(table, plan)
        + " SELECT "
        + columns
        + (plan.marker() == null ? "" : ", " + dialect.unmarked())
        + " FROM "
        + stage
        + " WHERE true "
        + sql.onConflict(plan)
        + (assigned.isEmpty() ? "" : " WHERE " + differs(null));
  }

  /** Whether any column differs from the proposed row, or from the staged one of that alias. */
  private String differs(String alias) {
    String columns =
        plan.columns().stream()
            .map(Plan.Place::target)
            .map(
                column ->
                    dialect.differs(
                        column,
                        table + "." + dialect.quoted(column.name()),
                        alias == null
                            ? dialect.proposed(dialect.quoted(column.name()))
                            : alias + "." + dialect.quoted(column.name())))
            .collect(joining(" OR "));
    return plan.marker() == null
        ? columns
        : columns + " OR NOT (" + dialect.same(quotedMarker(), dialect.unmarked()) + ")";
  }

  private String quotedMarker() {
    return table + "." + dialect.quoted(plan.marker());
  }

  private String nullKey() {
    return sql.quoted(plan.keyNames()).stream()
        .map(name -> name + " IS NULL")
        .collect(joining(" OR "));
  }

  private String staged(String condition) {
    String sameKey =
        plan.key().stream().map(Plan.Place::target).map(this::sameKey).collect(joining(" AND "));
    return "EXISTS (SELECT 1 FROM " + stage + " s WHERE " + sameKey + condition + ")";
  }

  /** Where there is no NULL, by an equality that every database can join by. */
  private String sameKey(RelationColumn column) {
    String name = dialect.quoted(column.name());
    return column.nullable()
        ? dialect.same("s." + name, table + "." + name)
        : "s." + name + " = " + table + "." + name;
  }

  private void execute(String statement) throws SQLException {
    try (Statement plain = dialect.connection().createStatement()) {
      plain.executeUpdate(statement);
    }
  }
}
