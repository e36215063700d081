package io.distributary.smt;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * About how many bytes a value takes in Kafka: as JSON without schema, which is more than Avro
 * takes and less than JSON with schema.
 */
final class RecordSize {
  private static final int NUMBER = 10;
  private static final int PUNCTUATION = 4;

  private RecordSize() {}

  /** The size; counting ends soon after the limit is passed. */
  static long of(Object value, long limit) {
    if (value == null) {
      return PUNCTUATION;
    } else if (value instanceof String text) {
      return PUNCTUATION + utf8(text);
    } else if (value instanceof Struct struct) {
      return ofStruct(struct, limit);
    } else if (value instanceof List<?> list) {
      return ofList(list, limit);
    } else if (value instanceof Map<?, ?> map) {
      return ofMap(map, limit);
    } else if (value instanceof byte[] bytes) {
      return base64(bytes.length);
    } else if (value instanceof ByteBuffer bytes) {
      return base64(bytes.remaining());
    }
    return NUMBER;
  }

  private static long ofStruct(Struct struct, long limit) {
    long size = PUNCTUATION;
    for (Field field : struct.schema().fields()) {
      if (size > limit) {
        break;
      }
      size += PUNCTUATION + field.name().length() + of(struct.get(field), limit - size);
    }
    return size;
  }

  private static long ofList(List<?> list, long limit) {
    long size = PUNCTUATION;
    for (Object item : list) {
      if (size > limit) {
        break;
      }
      size += 1 + of(item, limit - size);
    }
    return size;
  }

  private static long ofMap(Map<?, ?> map, long limit) {
    long size = PUNCTUATION;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (size > limit) {
        break;
      }
      size += 2 + of(entry.getKey(), limit - size) + of(entry.getValue(), limit - size);
    }
    return size;
  }

  private static long base64(int length) {
    return PUNCTUATION + (length + 2L) / 3 * 4;
  }

  private static long utf8(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
