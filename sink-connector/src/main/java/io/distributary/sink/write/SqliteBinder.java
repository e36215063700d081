package io.distributary.sink.write;

import io.distributary.core.record.RawText;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/** Binds values with the storage class that they are to have in SQLite. */
final class SqliteBinder implements Binder {
  private final SqliteValues values;
  private final boolean plainText;
  private final boolean plainIntegers;

  SqliteBinder(SqliteValues values) {
    this.values = values;
    this.plainText = !values.decodesText();
    this.plainIntegers = !values.writesTimes();
  }

  @Override
  public void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    // The classes that SQLite itself knows come first: they are nearly all.
    if (value instanceof String text && plainText) {
      statement.setString(index, text);
    } else if (value instanceof Long number && plainIntegers) {
      statement.setLong(index, number);
    } else if (value == null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof Double number && !number.isNaN()) {
      statement.setDouble(index, number);
    } else if (value instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else {
      bindStored(statement, index, values.stored(value));
    }
  }

  private static void bindStored(PreparedStatement statement, int index, Object stored)
      throws SQLException {
    if (stored instanceof Long number) {
      statement.setLong(index, number);
    } else if (stored instanceof Double number) {
      statement.setDouble(index, number);
    } else if (stored instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else if (stored instanceof RawText raw) {
      statement.setBytes(index, raw.bytes());
    } else {
      statement.setString(index, (String) stored);
    }
  }
}
