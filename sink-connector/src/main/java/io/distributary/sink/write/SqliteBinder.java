package io.distributary.sink.write;

import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.apache.kafka.connect.data.Schema;

/**
 * Binds values so that SQLite stores them as they are: an integer as INTEGER, a double as REAL, and
 * so on, whatever the column declares. What the column's own affinity then converts, it converts
 * for every writer.
 */
final class SqliteBinder implements Binder {
  private final Schema schema;
  private final Affinity affinity;
  private final String column;

  SqliteBinder(Column column, RelationColumn target, Affinity affinity) {
    this.schema = column.schema();
    this.affinity = affinity;
    this.column = target.name();
  }

  @Override
  public void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    // The classes that SQLite itself knows come first: they are nearly all.
    if (value instanceof String text) {
      bindText(statement, index, text);
    } else if (value instanceof Long number) {
      statement.setLong(index, number);
    } else if (value == null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof Double number) {
      statement.setDouble(index, number);
    } else if (value instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else if (value instanceof Integer number) {
      statement.setLong(index, number);
    } else if (value instanceof RawText raw) {
      statement.setBytes(index, raw.bytes());
    } else {
      bindOther(statement, index, stored(schema, affinity, value));
    }
  }

  private void bindText(PreparedStatement statement, int index, String text) throws SQLException {
    if (schema == null && affinity == Affinity.BLOB && !column.isEmpty()) {
      bindOther(statement, index, stored(null, affinity, text));
    } else {
      statement.setString(index, text);
    }
  }

  private void bindOther(PreparedStatement statement, int index, Object stored)
      throws SQLException {
    if (stored instanceof Long number) {
      statement.setLong(index, number);
    } else if (stored instanceof Double number) {
      statement.setDouble(index, number);
    } else if (stored instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else {
      statement.setString(index, (String) stored);
    }
  }
}
