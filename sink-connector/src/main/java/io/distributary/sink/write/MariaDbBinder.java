package io.distributary.sink.write;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/** Binds values as what a column of MariaDB is to store. */
final class MariaDbBinder implements Binder {
  private final MariaDbValues values;

  MariaDbBinder(MariaDbValues values) {
    this.values = values;
  }

  @Override
  public void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
      return;
    }
    Object stored = values.stored(value);
    if (stored instanceof String text) {
      statement.setString(index, text);
    } else if (stored instanceof Long number) {
      statement.setLong(index, number);
    } else if (stored instanceof Double number) {
      bindDouble(statement, index, number);
    } else if (stored instanceof BigDecimal number) {
      statement.setBigDecimal(index, number);
    } else {
      statement.setBytes(index, (byte[]) stored);
    }
  }

  /** Written as a number, negative zero would be a decimal, which has no sign there. */
  private static void bindDouble(PreparedStatement statement, int index, double number)
      throws SQLException {
    if (number == 0) {
      statement.setString(index, Double.toString(number));
    } else {
      statement.setDouble(index, number);
    }
  }
}
