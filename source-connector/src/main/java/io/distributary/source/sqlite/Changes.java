package io.distributary.source.sqlite;

import io.distributary.core.record.Change;
import java.sql.SQLException;

/** Changes of one table, read one after the other. */
interface Changes extends AutoCloseable {

  /** The next change; null at the end. */
  Change next() throws SQLException;

  @Override
  void close() throws SQLException;

  /** Begins to read. */
  @FunctionalInterface
  interface Source {
    Changes open() throws SQLException;
  }
}
