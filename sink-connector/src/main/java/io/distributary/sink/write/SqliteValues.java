package io.distributary.sink.write;

import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.DebeziumTypes;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * What SQLite is to store for the values of one column: a {@code Long}, {@code Double}, {@code
 * String}, {@code byte[]} or {@link RawText}, so that {@code typeof()} is that of the source. What
 * the target column's own affinity then converts, it converts for every writer.
 */
final class SqliteValues {
  private final Schema schema;
  private final boolean text;
  private final LongFunction<String> times;
  private final boolean base64;
  private final String name;

  SqliteValues(Column column, String declaredType, Affinity affinity) {
    this.schema = column.schema();
    this.text = affinity == Affinity.TEXT;
    // In a column of numbers the number itself was meant.
    boolean number = affinity == Affinity.INTEGER || affinity == Affinity.REAL;
    this.times = number ? null : TimeText.of(schema);
    // JSON without schemas has no bytes: there they are base64.
    this.base64 = schema == null && declaredType.toUpperCase(Locale.ROOT).contains("BLOB");
    this.name = column.name();
  }

  /** Whether strings are something else here. */
  boolean decodesText() {
    return base64;
  }

  /** Whether integers are dates or times here, which are written as text. */
  boolean writesTimes() {
    return times != null;
  }

  /**
   * The value to store; never called with null.
   *
   * @throws WriteException for a value that the column cannot stand for
   */
  Object stored(Object value) {
    if (value instanceof String string) {
      return base64 ? decoded(string) : string;
    } else if (times != null && (value instanceof Long || value instanceof Integer)) {
      return times.apply(((Number) value).longValue());
    } else if (value instanceof Double number) {
      return real(number);
    } else if (value instanceof Long || value instanceof byte[] || value instanceof RawText) {
      return value;
    } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    } else if (value instanceof Boolean flag) {
      return flag ? 1L : 0L;
    } else if (value instanceof Float number) {
      return real(number.doubleValue());
    } else if (value instanceof Struct struct && DebeziumTypes.isVariableScale(struct.schema())) {
      return decimal(DebeziumTypes.number(struct));
    } else if (value instanceof BigDecimal number) {
      return decimal(number);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    } else if (value instanceof Date date) {
      return TimeText.of(schema, date);
    } else if (value instanceof Struct || value instanceof List || value instanceof Map) {
      return JsonText.of(schema, value);
    }
    throw new WriteException(
        WriteException.Kind.DATA,
        "Column " + name + " holds a " + value.getClass().getName() + ", which SQLite cannot store",
        null);
  }

  /** SQLite takes NaN for NULL. */
  private static Object real(double number) {
    return Double.isNaN(number) ? "NaN" : (Object) number;
  }

  /**
   * A whole number as INTEGER; one that is the shortest form of a double as REAL, for so it was
   * written where it came from SQLite; all others, and all in a column of text, as their digits.
   */
  private Object decimal(BigDecimal number) {
    if (text) {
      return number.toPlainString();
    }
    if (number.signum() == 0 || number.stripTrailingZeros().scale() <= 0) {
      return number.toBigInteger().bitLength() < Long.SIZE
          ? (Object) number.longValue()
          : number.toPlainString();
    }
    double nearest = number.doubleValue();
    return Double.isFinite(nearest) && BigDecimal.valueOf(nearest).compareTo(number) == 0
        ? (Object) nearest
        : number.toPlainString();
  }

  private byte[] decoded(String string) {
    try {
      return Base64.getDecoder().decode(string);
    } catch (IllegalArgumentException e) {
      throw new WriteException(
          WriteException.Kind.DATA,
          "Column "
              + name
              + " is a BLOB and its record has no schema, so its text must be base64, which it is"
              + " not",
          e);
    }
  }
}
