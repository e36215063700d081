package io.distributary.source.sqlite;

import io.distributary.core.record.RawText;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** Reads values as they are stored, whatever their column declares. */
final class RowReader {
  /** What a decoder puts where bytes are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private RowReader() {}

  /** The values of consecutive columns, the first of them counted from 1. */
  static Object[] read(ResultSet row, int first, int count) throws SQLException {
    Object[] values = new Object[count];
    for (int i = 0; i < count; i++) {
      values[i] = value(row, first + i);
    }
    return values;
  }

  static Object value(ResultSet row, int column) throws SQLException {
    Object value = row.getObject(column);
    return value instanceof String text && text.indexOf(REPLACEMENT) >= 0
        ? exact(text, row.getBytes(column))
        : value;
  }

  /** The text, if it was spelt with that very character; else its bytes. */
  private static Object exact(String text, byte[] stored) {
    return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), stored)
        ? text
        : new RawText(stored);
  }
}
