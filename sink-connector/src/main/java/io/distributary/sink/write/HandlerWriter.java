package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import java.sql.SQLException;
import java.util.List;

/** Hands changes to a user's own handler. */
final class HandlerWriter implements TableWriter {
  private final Dialect dialect;
  private final Table table;
  private final RelationHandler handler;

  HandlerWriter(Dialect dialect, Table table, RelationHandler handler) {
    this.dialect = dialect;
    this.table = table;
    this.handler = handler;
  }

  @Override
  public void write(List<Change> changes, boolean more) throws SQLException {
    int from = 0;
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).op() == Op.TRUNCATE) {
        apply(changes.subList(from, i));
        handler.clear(dialect.connection(), table);
        from = i + 1;
      }
    }
    apply(changes.subList(from, changes.size()));
  }

  private void apply(List<Change> changes) throws SQLException {
    if (!changes.isEmpty()) {
      handler.apply(dialect.connection(), table, changes);
    }
  }

  @Override
  public Load load() throws SQLException {
    handler.clear(dialect.connection(), table);
    return new WriterLoad(this);
  }

  @Override
  public String subject() {
    return "the relation handler of table " + table.id();
  }

  @Override
  public void close() {}
}
