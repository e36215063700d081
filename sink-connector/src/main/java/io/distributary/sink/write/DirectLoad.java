package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.List;

/** Loads a snapshot into a relation that is empty. */
final class DirectLoad implements Load {
  private final Dialect.BulkLoad bulk;
  private final Inserter inserter;

  DirectLoad(Dialect dialect, Plan plan) throws SQLException {
    this.bulk = dialect.bulkLoad(plan.relation());
    this.inserter = new Inserter(dialect, plan, plan.relation().identifier());
  }

  @Override
  public void add(List<Change> rows) throws SQLException {
    inserter.insert(rows);
  }

  @Override
  public void finish() throws SQLException {
    bulk.end();
  }

  @Override
  public void applyAsChanges() throws SQLException {
    bulk.end();
  }

  @Override
  public void close() throws SQLException {
    inserter.close();
  }
}
