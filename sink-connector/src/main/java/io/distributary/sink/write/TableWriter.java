package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes the changes of one table's shape to one place, inside the open transaction. A failure can
 * leave some of them written: whoever calls undoes that. A writer knows nothing of keys unless it
 * says otherwise, as the users' own statements and handlers do not.
 */
interface TableWriter extends AutoCloseable {

  /**
   * Writes changes, in order.
   *
   * @param more whether they belong to the same unit as those before
   */
  void write(List<Change> changes, boolean more) throws SQLException;

  /** Whether changes of different keys can conflict, so that their order matters. */
  default boolean conflicts() {
    return false;
  }

  /**
   * The changes that are the last of their keys, deletes first; null where writing those alone
   * would not be the same, or where that cannot be told.
   */
  default List<Change> lasts(List<Change> changes) throws SQLException {
    return null;
  }

  /**
   * Removes the rows that the changes write, so that they can exchange values of a unique index.
   *
   * @return false where that could lose something: nothing was done then
   */
  default boolean makeRoom(List<Change> changes) throws SQLException {
    return false;
  }

  /** Begins to take a snapshot in, whatever was there. */
  Load load() throws SQLException;

  /** What changes are written to, for messages. */
  String subject();

  @Override
  void close() throws SQLException;
}
