package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A user's own way of writing the changes of a table, instead of Distributary's. It is made once
 * per task and needs a public constructor without parameters.
 *
 * <p>It writes through the connection that it is given, inside the transaction that is open there,
 * and neither commits nor rolls back nor changes the connection's settings. So what it writes
 * becomes visible with the checkpoint, exactly once. Changes carry states: what it does must give
 * the same when it is done twice.
 *
 * <p>Called by one thread.
 */
public interface RelationHandler {

  /**
   * Applies changes, in order.
   *
   * @param table the shape of the changes' images
   * @throws SQLException for what the database refused: the changes are then tried one by one, and
   *     only those that fail again are reported
   */
  void apply(Connection connection, Table table, List<Change> changes) throws SQLException;

  /**
   * All rows that the table has are gone: a snapshot begins, whose rows follow as changes, or the
   * table was truncated.
   */
  void clear(Connection connection, Table table) throws SQLException;
}
