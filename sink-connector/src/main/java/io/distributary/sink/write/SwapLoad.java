package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.List;

/** Loads a snapshot into a new table, which then takes the relation's place. */
final class SwapLoad implements Load {
  private final Dialect dialect;
  private final Plan plan;
  private final Dialect.Replacement replacement;
  private final Inserter inserter;

  SwapLoad(Dialect dialect, Plan plan) throws SQLException {
    this.dialect = dialect;
    this.plan = plan;
    this.replacement = dialect.replacement(plan.relation());
    this.inserter = new Inserter(dialect, plan, replacement.identifier());
  }

  @Override
  public void add(List<Change> rows) throws SQLException {
    inserter.insert(rows);
  }

  @Override
  public void finish() throws SQLException {
    replacement.complete();
  }

  @Override
  public void settle() throws SQLException {
    replacement.takePlace();
  }

  @Override
  public void applyAsChanges() throws SQLException {
    Merge merge = new Merge(dialect, plan, replacement.identifier());
    merge.upsert();
    replacement.drop();
  }

  @Override
  public void close() throws SQLException {
    inserter.close();
  }
}
