package io.distributary.sink.write;

import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * What a column of MariaDB is to store for the values of a record's column: a {@code Long}, {@code
 * BigDecimal}, {@code Double}, {@code String} or {@code byte[]}. Even in its strict mode the server
 * rounds digits away, cuts spaces and pads bytes without a word: such values are refused here.
 */
final class MariaDbValues {
  private final Schema schema;
  private final MariaDbType type;
  private final String name;

  MariaDbValues(Column column, RelationColumn target) {
    this.schema = column.schema();
    this.type = MariaDbType.of(target.type());
    this.name = column.name();
  }

  MariaDbType type() {
    return type;
  }

  /**
   * The value to store; never called with null.
   *
   * @throws WriteException with {@link WriteException.Kind#DATA} for a value that the column cannot
   *     stand for
   */
  Object stored(Object value) {
    if (value instanceof RawText) {
      throw refused("is text in no valid UTF-8, which a column of text cannot store");
    } else if (value instanceof Boolean flag) {
      return fitting(flag ? 1L : 0L);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      String time = schema == null ? null : MariaDbTimes.text(schema, value, name);
      return time == null ? fitting(((Number) value).longValue()) : time(time);
    } else if (value instanceof Double || value instanceof Float) {
      return fitting(((Number) value).doubleValue(), value);
    } else if (value instanceof BigDecimal number) {
      return fitting(number);
    } else if (value instanceof String text) {
      return fitting(text);
    } else if (value instanceof byte[] bytes) {
      return fitting(bytes);
    } else if (value instanceof ByteBuffer buffer) {
      return fitting(bytes(buffer));
    } else if (value instanceof Date) {
      return time(MariaDbTimes.text(schema, value, name));
    } else if (value instanceof Struct struct && isVariableScale(struct)) {
      byte[] unscaled = bytes(struct.get("value"));
      return fitting(new BigDecimal(new BigInteger(unscaled), struct.getInt32("scale")));
    } else if (value instanceof Struct || value instanceof List || value instanceof Map) {
      return fitting(JsonText.of(schema, value));
    }
    throw refused("is a " + value.getClass().getName() + ", which MariaDB cannot store");
  }

  private static boolean isVariableScale(Struct struct) {
    return "io.debezium.data.VariableScaleDecimal".equals(struct.schema().name());
  }

  private static byte[] bytes(Object value) {
    if (!(value instanceof ByteBuffer buffer)) {
      return (byte[]) value;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private Object fitting(long number) {
    if (type.isAny()) {
      return number;
    } else if (type.isText()) {
      return fittingText(Long.toString(number));
    } else if (type.isDecimal() || type.isInteger() || type.isFloating()) {
      requireYear(number);
      return number;
    }
    throw refused("is an integer, which type " + type.base() + " does not stand for");
  }

  /** Two digits would become a year of 1970 to 2069. */
  private void requireYear(long number) {
    if (type.base().equals("year") && number != 0 && number < 1901) {
      throw refused("is no year from 1901 to 2155, nor 0");
    }
  }

  private Object fitting(double number, Object given) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw refused("is NaN or infinite, which MariaDB and MySQL do not have");
    } else if (type.isFloating() || type.isAny()) {
      return given instanceof Float ? Double.valueOf(given.toString()) : (Double) number;
    }
    return fitting(new BigDecimal(given.toString()));
  }

  private Object fitting(BigDecimal number) {
    if (type.isAny()) {
      return number;
    } else if (type.isText()) {
      return fittingText(number.toPlainString());
    } else if (type.isFloating()) {
      return number.doubleValue();
    } else if (!type.isInteger() && !type.isDecimal()) {
      throw refused("is a number, which type " + type.base() + " does not stand for");
    }
    int scale = type.isDecimal() ? type.second() : 0;
    if (number.scale() > scale && number.stripTrailingZeros().scale() > scale) {
      throw refused("has more than " + scale + " digits after the point, which would be rounded");
    }
    requireYear(number.longValue());
    return number;
  }

  private Object fitting(String text) {
    if (type.isTime()) {
      return time(MariaDbTimes.utc(text, name));
    } else if (type.isInteger() || type.isDecimal() || type.isFloating()) {
      return fitting(number(text));
    } else if (type.isBinary()) {
      if (schema == null) {
        return fitting(decoded(text));
      }
      throw refused("is text, which type " + type.base() + " does not stand for");
    }
    return fittingText(text);
  }

  private BigDecimal number(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw refused("is text that is no number, which type " + type.base() + " cannot store");
    }
  }

  private String fittingText(String text) {
    if (text.endsWith(" ")) {
      boolean cut = type.first() >= 0 && text.codePointCount(0, text.length()) > type.first();
      if (cut || type.base().equals("char")) {
        throw refused("ends in spaces, which type " + type.base() + " would cut off");
      }
    }
    // Text of digits that is no member would count as a member's number.
    if (type.base().equals("enum")
        && !text.isEmpty()
        && text.chars().allMatch(c -> c >= '0' && c <= '9')
        && !type.members().contains(text)) {
      throw refused("is no value of the column's enum");
    }
    return text;
  }

  private byte[] fitting(byte[] bytes) {
    if (type.base().equals("binary") && bytes.length != type.first()) {
      throw refused("is " + bytes.length + " bytes, not " + type.first() + " as the column is");
    } else if (!type.isBinary() && !type.isAny() && !type.base().equals("bit")) {
      throw refused("is bytes, which type " + type.base() + " does not stand for");
    }
    return bytes;
  }

  /** The server rounds digits of a second that a column does not keep. */
  private String time(String text) {
    if (type.isTime()) {
      int point = text.indexOf('.');
      int end = text.length();
      while (point > 0 && end > point && text.charAt(end - 1) == '0') {
        end--;
      }
      boolean dated = type.base().equals("date") && text.indexOf(':') >= 0;
      if ((point > 0 && end - point - 1 > type.secondDigits()) || dated) {
        throw refused("has a time more exact than its type " + type.base() + " keeps");
      }
    } else if (!type.isText() && !type.isAny()) {
      throw refused("is a date or time, which type " + type.base() + " does not stand for");
    }
    return text;
  }

  private byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw refused(
          "must be base64, as its record has no schema and type " + type.base() + " holds bytes");
    }
  }

  private WriteException refused(String why) {
    return new WriteException(
        WriteException.Kind.DATA, "A value of column " + name + " " + why, null);
  }
}
