package io.distributary.sink.write;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Gives a statement's parameter the value of one column, as the target's column takes it. */
@FunctionalInterface
interface Binder {
  /**
   * Binds a value; never {@code Change.UNTOUCHED}. A {@code RawText} is bound as its bytes, for a
   * place that makes text of them.
   */
  void bind(PreparedStatement statement, int index, Object value) throws SQLException;
}
