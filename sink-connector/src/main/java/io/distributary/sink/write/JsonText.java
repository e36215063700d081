package io.distributary.sink.write;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Arrays, maps and structs as JSON, for targets that have no such types. Bytes become base64, dates
 * and times ISO 8601, numbers that JSON has not (NaN, infinities) null.
 */
final class JsonText {
  private final StringBuilder text = new StringBuilder();

  private JsonText() {}

  /**
   * The value as JSON.
   *
   * @param schema its Connect schema; null where it is not known
   */
  static String of(Schema schema, Object value) {
    JsonText json = new JsonText();
    json.append(schema, value);
    return json.text.toString();
  }

  private void append(Schema schema, Object value) {
    if (value == null) {
      text.append("null");
    } else if (value instanceof Struct struct) {
      appendStruct(struct);
    } else if (value instanceof Map<?, ?> map) {
      appendMap(elements(schema), map);
    } else if (value instanceof List<?> list) {
      appendList(elements(schema), list);
    } else {
      appendScalar(schema, value);
    }
  }

  /** The schema of what a list or map holds; null where it is not known. */
  private static Schema elements(Schema schema) {
    boolean holds =
        schema != null && (schema.type() == Schema.Type.ARRAY || schema.type() == Schema.Type.MAP);
    return holds ? schema.valueSchema() : null;
  }

  private void appendScalar(Schema schema, Object value) {
    if (value instanceof BigDecimal decimal) {
      text.append(decimal.toPlainString());
    } else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      text.append(Double.isFinite(number) ? value.toString() : "null");
    } else if (value instanceof Number || value instanceof Boolean) {
      text.append(value);
    } else if (value instanceof java.util.Date date) {
      appendString(TimeText.of(schema, date));
    } else if (value instanceof byte[] bytes) {
      appendString(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      appendString(Base64.getEncoder().encodeToString(bytes));
    } else {
      appendString(value.toString());
    }
  }

  private void appendStruct(Struct struct) {
    text.append('{');
    String separator = "";
    for (Field field : struct.schema().fields()) {
      text.append(separator);
      appendString(field.name());
      text.append(':');
      append(field.schema(), struct.getWithoutDefault(field.name()));
      separator = ",";
    }
    text.append('}');
  }

  private void appendMap(Schema values, Map<?, ?> map) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      appendString(String.valueOf(entry.getKey()));
      text.append(':');
      append(values, entry.getValue());
      separator = ",";
    }
    text.append('}');
  }

  private void appendList(Schema values, List<?> list) {
    text.append('[');
    for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
      append(values, items.next());
      text.append(items.hasNext() ? "," : "");
    }
    text.append(']');
  }

  private void appendString(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < 0x20) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
