package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Stages a snapshot in a temporary table, and then brings the relation to its content. */
final class MergeLoad implements Load {
  private final Dialect dialect;
  private final Plan plan;
  private final DeleteMode deletes;
  private final String stage;
  private final Inserter inserter;

  MergeLoad(Dialect dialect, Plan plan, DeleteMode deletes) throws SQLException {
    this.dialect = dialect;
    this.plan = plan;
    this.deletes = deletes;
    this.stage = dialect.createStage(plan);
    this.inserter = new Inserter(dialect, plan.unmarked(), stage);
  }

  @Override
  public void add(List<Change> rows) throws SQLException {
    inserter.insert(rows);
  }

  @Override
  public void finish() throws SQLException {
    Merge merge = new Merge(dialect, plan, stage);
    if (deletes != DeleteMode.IGNORE) {
      merge.deleteAbsent();
    }
    merge.upsert();
    dropStage();
  }

  @Override
  public void applyAsChanges() throws SQLException {
    new Merge(dialect, plan, stage).upsert();
    dropStage();
  }

  private void dropStage() throws SQLException {
    inserter.close();
    try (Statement statement = dialect.connection().createStatement()) {
      statement.execute(dialect.dropStage(stage));
    }
  }

  @Override
  public void close() throws SQLException {
    inserter.close();
  }
}
