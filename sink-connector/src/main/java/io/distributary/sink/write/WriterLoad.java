package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.List;

/** Takes a snapshot in through a user's own statements or handler, row by row. */
record WriterLoad(TableWriter writer) implements Load {

  @Override
  public void add(List<Change> rows) throws SQLException {
    writer.write(rows, true);
  }

  @Override
  public void finish() {}

  @Override
  public void applyAsChanges() {}

  @Override
  public void close() {
    // The writer goes on living with its table.
  }
}
