package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.List;

/** A snapshot on its way into a relation, inside the open transaction. */
interface Load extends AutoCloseable {

  /** Takes rows in. */
  void add(List<Change> rows) throws SQLException;

  /** All rows are there: puts the snapshot in the relation's place, or makes it ready for that. */
  void finish() throws SQLException;

  /**
   * Does the rest of that which readers would have to wait for until the commit. Called just before
   * it, or before something else is applied.
   */
  default void settle() throws SQLException {}

  /** Applies the rows taken in as changes and removes no row for not being among them. */
  void applyAsChanges() throws SQLException;

  @Override
  void close() throws SQLException;
}
