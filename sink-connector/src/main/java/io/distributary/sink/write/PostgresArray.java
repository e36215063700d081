package io.distributary.sink.write;

import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * One column of many rows as an array in its binary form ({@code array_recv} in PostgreSQL's {@code
 * arrayfuncs.c}), written without an object per value.
 */
@SuppressWarnings("serial") // never serialised: the driver's own class happens to be
final class PostgresArray extends PGobject implements PGBinaryObject {
  private static final int HEADER = 20;

  private final transient PostgresBuffer buffer;

  private PostgresArray(String type, PostgresBuffer buffer) {
    this.buffer = buffer;
    setType("_" + type);
  }

  /** The column of the images; null where a value of them has no binary form. */
  static PostgresArray of(PostgresColumn column, Object[][] rows, int from, int to, int image) {
    PostgresBuffer buffer = header(column.parameterType(), to - from);
    for (int i = from; i < to; i++) {
      if (!column.write(buffer, rows[i][image])) {
        return null;
      }
    }
    return new PostgresArray(column.parameterType(), buffer);
  }

  /** The column of the images as an array of text. */
  static PostgresArray text(PostgresColumn column, Object[][] rows, int from, int to, int image) {
    PostgresBuffer buffer = header("text", to - from);
    for (int i = from; i < to; i++) {
      String text = column.text(rows[i][image]);
      if (text == null) {
        buffer.int4(-1);
      } else {
        int start = buffer.beginValue();
        buffer.text(text);
        buffer.endValue(start);
      }
    }
    return new PostgresArray("text", buffer);
  }

  private static PostgresBuffer header(String type, int count) {
    PostgresBuffer buffer = new PostgresBuffer(HEADER + count * 12);
    buffer.int4(1); // one dimension
    buffer.int4(1); // it may hold NULL
    buffer.int4(PostgresBinary.OIDS.get(type)[0]);
    buffer.int4(count);
    buffer.int4(1); // where its indexes begin
    return buffer;
  }

  @Override
  public void setByteValue(byte[] value, int offset) {
    throw new UnsupportedOperationException("Arrays are only sent");
  }

  @Override
  public int lengthInBytes() {
    return buffer.size();
  }

  @Override
  public void toBytes(byte[] bytes, int offset) {
    System.arraycopy(buffer.array(), 0, bytes, offset, buffer.size());
  }

  @Override
  @SuppressWarnings("EqualsUnsafeCast")
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public Object clone() throws CloneNotSupportedException {
    throw new CloneNotSupportedException();
  }
}
