package io.distributary.sink.write;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Upserts rows of a relation that has more unique indexes than that of the key: many through a
 * temporary table, few one by one. See {@link MariaDbMerge}.
 */
final class MariaDbUpserts implements Bulk {
  /** As many statements as the temporary table takes: to fill, update, insert and empty it. */
  private static final int FEW = 2;

  private final Dialect dialect;
  private final Plan plan;
  private final MultiRow update;
  private final MultiRow insert;
  private String stage;
  private MultiRow fill;
  private List<String> merge;

  MariaDbUpserts(Dialect dialect, Plan plan) {
    this.dialect = dialect;
    this.plan = plan;
    Sql sql = new Sql(dialect);
    List<Plan.Place> places = new java.util.ArrayList<>(plan.columns());
    places.addAll(plan.key());
    this.update = MultiRow.single(dialect, sql.update(plan, plan.columns()), places);
    this.insert =
        MultiRow.single(dialect, sql.insert(plan, plan.relation().identifier()), plan.columns());
  }

  @Override
  public void run(Object[][] rows, int from, int to) throws SQLException {
    if (to - from > FEW) {
      runStaged(rows, from, to);
      return;
    }
    for (int i = from; i < to; i++) {
      if (holdsNullKey(rows[i]) || update.run(rows[i]) == 0) {
        insert.run(rows[i]);
      }
    }
  }

  private boolean holdsNullKey(Object[] row) {
    return plan.key().stream().anyMatch(place -> row[place.image()] == null);
  }

  private void runStaged(Object[][] rows, int from, int to) throws SQLException {
    if (stage == null) {
      stage = dialect.createStage(plan);
      fill = new MultiRow(dialect, new Sql(dialect).insert(plan.unmarked(), stage), plan.columns());
      merge = new MariaDbMerge(dialect, plan, stage).statements();
    }
    fill.run(rows, from, to);
    try (Statement statement = dialect.connection().createStatement()) {
      for (String sql : merge) {
        statement.executeUpdate(sql);
      }
      statement.executeUpdate("DELETE FROM " + stage);
    }
  }

  @Override
  public void close() throws SQLException {
    update.close();
    insert.close();
    if (stage != null && !dialect.lost()) {
      fill.close();
      try (Statement statement = dialect.connection().createStatement()) {
        statement.execute(dialect.dropStage(stage));
      }
    }
  }
}
