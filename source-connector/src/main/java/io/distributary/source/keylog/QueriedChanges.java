package io.distributary.source.keylog;

import io.distributary.core.record.Change;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Changes made from the rows of a query. */
public final class QueriedChanges implements Changes {
  private final PreparedStatement query;
  private final ResultSet rows;
  private final Mapping mapping;

  /** Makes a change from the current row; null where the row is none. */
  @FunctionalInterface
  public interface Mapping {
    /** The change that the row stands for; null for none. */
    Change change(ResultSet row) throws SQLException;
  }

  /** Runs the query, and closes it with the changes. */
  public QueriedChanges(PreparedStatement query, Mapping mapping) throws SQLException {
    this.query = query;
    this.mapping = mapping;
    try {
      this.rows = query.executeQuery();
    } catch (SQLException e) {
      query.close();
      throw e;
    }
  }

  @Override
  public Change next() throws SQLException {
    while (rows.next()) {
      Change change = mapping.change(rows);
      if (change != null) {
        return change;
      }
    }
    return null;
  }

  @Override
  public void close() throws SQLException {
    query.close();
  }
}
