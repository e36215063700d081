package io.distributary.it;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** A schema and a value as text that two JVMs can compare: the same text, the same in all. */
final class Canonical {
  private Canonical() {}

  /** All of a schema, and all of a value with its Java types. */
  static String of(Schema schema, Object value) {
    StringBuilder text = new StringBuilder();
    schema(schema, "", text);
    text.append("=\n");
    value(value, "", text);
    return text.toString();
  }

  private static void schema(Schema schema, String indent, StringBuilder text) {
    if (schema == null) {
      text.append("no schema\n");
      return;
    }
    text.append(schema.type())
        .append(schema.isOptional() ? " optional" : "")
        .append(schema.name() == null ? "" : " " + schema.name())
        .append(schema.version() == null ? "" : " v" + schema.version())
        .append(schema.defaultValue() == null ? "" : " default " + schema.defaultValue())
        .append(schema.doc() == null ? "" : " doc " + schema.doc())
        .append(
            schema.parameters() == null || schema.parameters().isEmpty()
                ? ""
                : " " + new TreeMap<>(schema.parameters()))
        .append('\n');
    String inner = indent + "  ";
    switch (schema.type()) {
      case STRUCT -> {
        for (Field field : schema.fields()) {
          text.append(inner).append(field.name()).append(": ");
          schema(field.schema(), inner, text);
        }
      }
      case MAP -> {
        schema(schema.keySchema(), inner, text.append(inner).append("key: "));
        schema(schema.valueSchema(), inner, text.append(inner).append("value: "));
      }
      case ARRAY -> schema(schema.valueSchema(), inner, text.append(inner).append("item: "));
      default -> {}
    }
  }

  private static void value(Object value, String indent, StringBuilder text) {
    String inner = indent + "  ";
    if (value instanceof Struct struct) {
      text.append("struct\n");
      for (Field field : struct.schema().fields()) {
        text.append(inner).append(field.name()).append(": ");
        value(struct.getWithoutDefault(field.name()), inner, text);
      }
    } else if (value instanceof List<?> list) {
      text.append("list of ").append(list.size()).append('\n');
      list.forEach(item -> value(item, inner, text.append(inner)));
    } else if (value instanceof Map<?, ?> map) {
      text.append("map\n");
      Map<String, String> entries = new TreeMap<>();
      map.forEach(
          (key, item) -> {
            StringBuilder entry = new StringBuilder();
            value(item, inner, entry);
            entries.put(String.valueOf(key), entry.toString());
          });
      entries.forEach((key, item) -> text.append(inner).append(key).append(": ").append(item));
    } else {
      text.append(scalar(value)).append('\n');
    }
  }

  @SuppressWarnings("JavaUtilDate") // Connect's own type
  private static String scalar(Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof byte[] bytes) {
      return "bytes " + HexFormat.of().formatHex(bytes);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return scalar(bytes);
    } else if (value instanceof java.util.Date date) {
      return "Date " + date.getTime();
    }
    return value.getClass().getSimpleName() + " " + value;
  }
}
