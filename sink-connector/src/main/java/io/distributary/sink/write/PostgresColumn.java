package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/** How the values of a record's column come to a column of PostgreSQL. */
final class PostgresColumn implements Binder {
  private final PostgresType type;
  private final PostgresBinary binary;
  private final PostgresText text;
  private final boolean known;

  PostgresColumn(Column column, PostgresType type) {
    this.type = type;
    this.known = !type.equals(PostgresType.ANY);
    this.binary = PostgresBinary.of(column, type);
    this.text = new PostgresText(column, type);
  }

  /** The type that text is cast to, to become the column's. */
  String cast() {
    return type.cast();
  }

  /**
   * The type that a value is cast to, to be compared with the column's: rounded as the column
   * rounds, but not cut off as a cast to a shorter text would do.
   */
  String comparedCast() {
    return switch (type.base()) {
      case "numeric", "time", "timetz", "timestamp", "timestamptz" -> type.name();
      default -> type.cast();
    };
  }

  /** Whether values have a binary form; single ones may have none even then. */
  boolean hasBinary() {
    return binary != null;
  }

  /** The type in the catalogue that a parameter with the binary form has. */
  String parameterType() {
    return type.base().equals("enum") ? "text" : type.base();
  }

  /** Writes length and value; nothing and false where the value has only a text form. */
  boolean write(PostgresBuffer out, Object value) {
    if (value == null) {
      out.int4(-1);
      return true;
    }
    return binary != null && binary.write(out, value);
  }

  /** The value as text; null for null. */
  String text(Object value) {
    return value == null ? null : text.of(value);
  }

  /** Binds text of no known type, which PostgreSQL reads as what its place is of. */
  @Override
  public void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
    } else if (known) {
      statement.setObject(index, text.of(value), Types.OTHER);
    } else {
      bindAny(statement, index, value);
    }
  }

  private void bindAny(PreparedStatement statement, int index, Object value) throws SQLException {
    if (value instanceof Number || value instanceof Boolean) {
      statement.setObject(index, value);
    } else if (value instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else {
      statement.setObject(index, text.of(value), Types.OTHER);
    }
  }
}
