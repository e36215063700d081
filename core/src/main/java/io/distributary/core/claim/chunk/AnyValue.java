package io.distributary.core.claim.chunk;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.DataException;

/**
 * Values that have no Connect schema, as connectors without schemas make them: each is written with
 * its kind. The kinds are those that Connect's own JSON converter takes.
 */
final class AnyValue {
  /** A record that holds one value of any kind, itself or lists and maps of such records. */
  static final org.apache.avro.Schema SCHEMA =
      new org.apache.avro.Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "io.distributary.Any", "fields": [{"name": "value", "type": [
                "null", "boolean",
                {"type": "record", "name": "io.distributary.Int8",
                 "fields": [{"name": "value", "type": "int"}]},
                {"type": "record", "name": "io.distributary.Int16",
                 "fields": [{"name": "value", "type": "int"}]},
                "int", "long", "float", "double", "string", "bytes",
                {"type": "array", "items": "io.distributary.Any"},
                {"type": "record", "name": "io.distributary.Map", "fields": [{"name": "entries", "type":
                  {"type": "array", "items":
                    {"type": "record", "name": "io.distributary.Entry", "fields": [
                      {"name": "key", "type": "io.distributary.Any"},
                      {"name": "value", "type": "io.distributary.Any"}]}}}]}
              ]}]}""");

  private static final int NULL = 0;
  private static final int BOOLEAN = 1;
  private static final int INT8 = 2;
  private static final int INT16 = 3;
  private static final int INT32 = 4;
  private static final int INT64 = 5;
  private static final int FLOAT32 = 6;
  private static final int FLOAT64 = 7;
  private static final int STRING = 8;
  private static final int BYTES = 9;
  private static final int LIST = 10;
  private static final int MAP = 11;

  private AnyValue() {}

  /**
   * Writes a value with its kind.
   *
   * @throws DataException for a kind that Connect does not know without a schema
   */
  static void write(Object value, BytesEncoder out) {
    if (value == null) {
      out.writeLong(NULL);
    } else if (value instanceof String text) {
      out.writeLong(STRING);
      out.writeString(text);
    } else if (value instanceof Number number) {
      writeNumber(number, out);
    } else if (value instanceof Boolean bool) {
      out.writeLong(BOOLEAN);
      out.writeBoolean(bool);
    } else if (value instanceof byte[] || value instanceof ByteBuffer) {
      out.writeLong(BYTES);
      ValueWriter.writeBytes(value, out);
    } else if (value instanceof List<?> list) {
      out.writeLong(LIST);
      writeList(list, out);
    } else if (value instanceof Map<?, ?> map) {
      out.writeLong(MAP);
      writeMap(map, out);
    } else {
      throw unknown(value);
    }
  }

  private static void writeNumber(Number number, BytesEncoder out) {
    if (number instanceof Long) {
      out.writeLong(INT64);
      out.writeLong(number.longValue());
    } else if (number instanceof Integer) {
      out.writeLong(INT32);
      out.writeLong(number.longValue());
    } else if (number instanceof Double) {
      out.writeLong(FLOAT64);
      out.writeDouble(number.doubleValue());
    } else if (number instanceof Float) {
      out.writeLong(FLOAT32);
      out.writeFloat(number.floatValue());
    } else if (number instanceof Short) {
      out.writeLong(INT16);
      out.writeLong(number.longValue());
    } else if (number instanceof Byte) {
      out.writeLong(INT8);
      out.writeLong(number.longValue());
    } else {
      throw unknown(number);
    }
  }

  private static DataException unknown(Object value) {
    return new DataException(
        "a "
            + value.getClass().getName()
            + " cannot be stored without a schema: Connect knows booleans, numbers of 8 to 64 bits,"
            + " strings, bytes, lists and maps");
  }

  private static void writeList(List<?> list, BytesEncoder out) {
    out.beginItems(list.size());
    for (Object item : list) {
      write(item, out);
    }
    out.endItems();
  }

  private static void writeMap(Map<?, ?> map, BytesEncoder out) {
    out.beginItems(map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      write(entry.getKey(), out);
      write(entry.getValue(), out);
    }
    out.endItems();
  }

  /** Reads what {@link #write} wrote; buffers come back as arrays. */
  static Object read(BytesDecoder in) {
    int kind = in.readInt();
    return switch (kind) {
      case NULL -> null;
      case BOOLEAN -> in.readBoolean();
      case INT8 -> (byte) in.readInt();
      case INT16 -> (short) in.readInt();
      case INT32 -> in.readInt();
      case INT64 -> in.readLong();
      case FLOAT32 -> in.readFloat();
      case FLOAT64 -> in.readDouble();
      case STRING -> in.readString();
      case BYTES -> in.readBytes();
      case LIST -> readList(in);
      case MAP -> readMap(in);
      default -> throw new DataException("Unknown kind of value " + kind);
    };
  }

  private static List<Object> readList(BytesDecoder in) {
    List<Object> list = new ArrayList<>();
    for (long left = in.readItems(); left > 0; left = in.readItems()) {
      for (; left > 0; left--) {
        list.add(read(in));
      }
    }
    return list;
  }

  private static Map<Object, Object> readMap(BytesDecoder in) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (long left = in.readItems(); left > 0; left = in.readItems()) {
      for (; left > 0; left--) {
        map.put(read(in), read(in));
      }
    }
    return map;
  }
}
