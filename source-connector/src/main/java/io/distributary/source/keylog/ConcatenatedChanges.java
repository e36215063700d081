package io.distributary.source.keylog;

import io.distributary.core.record.Change;
import java.sql.SQLException;

/** The changes of one source, then those of another, which is opened when the first is through. */
public final class ConcatenatedChanges implements Changes {
  private Changes open;
  private Source then;

  /** Opens the first; the other waits until it is through. */
  public ConcatenatedChanges(Source first, Source then) throws SQLException {
    this.open = first.open();
    this.then = then;
  }

  @Override
  public Change next() throws SQLException {
    Change change = open.next();
    if (change == null && then != null) {
      open.close();
      open = then.open();
      then = null;
      change = open.next();
    }
    return change;
  }

  @Override
  public void close() throws SQLException {
    open.close();
  }
}
