package io.distributary.sink.write;

import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.DebeziumTypes;
import io.distributary.core.relation.postgres.TimeLiterals;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * The values of one column as text that PostgreSQL reads as the column's type: whatever has no
 * binary form here takes this way, and every value could.
 */
final class PostgresText {
  private final String column;
  private final Schema schema;
  private final PostgresTimes times;
  private final boolean zoned;
  private final boolean array;
  private final String element;
  private final boolean hstore;
  private final boolean bit;
  private final boolean bytea;
  private final boolean integer;

  PostgresText(Column column, PostgresType type) {
    this(column.name(), column.schema(), type);
  }

  private PostgresText(String column, Schema schema, PostgresType type) {
    this.column = column;
    this.schema = schema;
    this.times = PostgresTimes.of(schema);
    this.zoned = schema != null && DebeziumTypes.ZONED_TIMESTAMP.equals(schema.name());
    this.array = type.array();
    this.element = type.cast().replace("[]", "");
    this.hstore = element.endsWith("hstore");
    this.integer = type.base().startsWith("int") && !type.base().equals("interval");
    this.bytea = type.base().equals("bytea");
    this.bit = type.base().equals("bit") || type.base().equals("varbit");
  }

  /** The text of a value that is not null. */
  String of(Object value) {
    if (value instanceof String text) {
      if (zoned) {
        return TimeLiterals.zonedTimestampText(text);
      }
      return bytea ? bytes(decoded(text)) : text;
    } else if (times.means(value)) {
      return times.text(value);
    } else if (value instanceof BigDecimal number) {
      return number.toPlainString();
    } else if (value instanceof Double real && integer && real == Math.rint(real)) {
      return BigDecimal.valueOf(real).toBigInteger().toString();
    } else if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    } else if (value instanceof byte[] bytes) {
      return bytes(bytes);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes(bytes);
    } else if (value instanceof Date date) {
      return TimeText.of(schema, date);
    } else if (value instanceof List<?> list && array) {
      return array(list);
    } else if (value instanceof Map<?, ?> map && hstore) {
      return hstore(map);
    } else if (value instanceof Struct struct) {
      return struct(struct);
    } else if (value instanceof List || value instanceof Map) {
      return JsonText.of(schema, value);
    }
    throw new WriteException(
        WriteException.Kind.DATA,
        "Column "
            + column
            + " holds a "
            + (value instanceof RawText ? "text that is not valid UTF-8" : value.getClass())
            + ", which PostgreSQL cannot store",
        null);
  }

  /** JSON without schemas has no bytes: there they are base64. */
  private byte[] decoded(String text) {
    if (schema != null) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new WriteException(
          WriteException.Kind.DATA,
          "Column "
              + column
              + " is a bytea and its record has no schema, so its text must be base64, which it is"
              + " not",
          e);
    }
  }

  private String bytes(byte[] bytes) {
    if (!bit) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    // Debezium's Bits: the least significant byte first.
    String length = schema == null || schema.parameters() == null ? null : length();
    int bits = length == null ? bytes.length * 8 : Integer.parseInt(length);
    StringBuilder text = new StringBuilder(bits);
    for (int i = bits - 1; i >= 0; i--) {
      text.append(i / 8 < bytes.length && (bytes[i / 8] >> (i % 8) & 1) == 1 ? '1' : '0');
    }
    return text.toString();
  }

  private String length() {
    return schema.parameters().get("length");
  }

  /** {@code {"a",NULL,{…}}}: in quotes any element can stand. */
  private String array(List<?> list) {
    Schema elements =
        schema != null && schema.type() == Schema.Type.ARRAY ? schema.valueSchema() : null;
    PostgresText each =
        new PostgresText(column, elements, new PostgresType("", element, "", false, true));
    StringBuilder text = new StringBuilder("{");
    for (Object element : list) {
      text.append(text.length() > 1 ? "," : "");
      if (element instanceof List<?> inner) {
        text.append(each.array(inner));
      } else if (element == null) {
        text.append("NULL");
      } else {
        quote(text, each.of(element));
      }
    }
    return text.append('}').toString();
  }

  private static String hstore(Map<?, ?> map) {
    StringBuilder text = new StringBuilder();
    map.forEach(
        (key, value) -> {
          text.append(text.isEmpty() ? "" : ",");
          quote(text, key.toString());
          text.append("=>");
          if (value == null) {
            text.append("NULL");
          } else {
            quote(text, value.toString());
          }
        });
    return text.toString();
  }

  private static void quote(StringBuilder text, String element) {
    text.append('"');
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    text.append('"');
  }

  /** Debezium's structs that stand for one value; any other as JSON. */
  private static String struct(Struct struct) {
    Schema schema = struct.schema();
    boolean decimal =
        schema.field("scale") != null
            && schema.field("value") != null
            && schema.field("value").schema().type() == Schema.Type.BYTES;
    if (decimal) {
      return decimal(struct).toPlainString();
    } else if (schema.name() != null
        && schema.name().startsWith("io.debezium.data.geometry.Point")) {
      return "(" + struct.get("x") + "," + struct.get("y") + ")";
    }
    return JsonText.of(schema, struct);
  }

  /** The number that Debezium's VariableScaleDecimal stands for. */
  static BigDecimal decimal(Struct struct) {
    Object value = struct.get("value");
    byte[] unscaled = value instanceof byte[] bytes ? bytes : null;
    if (value instanceof ByteBuffer buffer) {
      unscaled = new byte[buffer.remaining()];
      buffer.duplicate().get(unscaled);
    }
    return new BigDecimal(new BigInteger(unscaled), struct.getInt32("scale"));
  }
}
