package io.distributary.source.keylog;

import io.distributary.core.record.Change;
import java.sql.SQLException;

/** Changes of one table, read one after the other. */
public interface Changes extends AutoCloseable {

  /** The next change; null at the end. */
  Change next() throws SQLException;

  @Override
  void close() throws SQLException;

  /** Begins to read. */
  @FunctionalInterface
  interface Source {
    /** Opens what it reads from. */
    Changes open() throws SQLException;
  }
}
