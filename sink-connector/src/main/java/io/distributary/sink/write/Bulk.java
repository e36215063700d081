package io.distributary.sink.write;

import java.sql.SQLException;

/**
 * Writes any number of rows in one way: inserts, upserts or deletes them. A failure can leave some
 * of them written: whoever calls undoes that.
 */
interface Bulk extends AutoCloseable {

  /**
   * Writes the images from one index up to another.
   *
   * @param rows images of the plan's table, none of which leaves a column alone; no two have the
   *     same key
   */
  void run(Object[][] rows, int from, int to) throws SQLException;

  @Override
  void close() throws SQLException;
}
