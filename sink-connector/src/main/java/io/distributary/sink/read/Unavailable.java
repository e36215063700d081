package io.distributary.sink.read;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What stands in Debezium's records for a value that PostgreSQL did not send, as it was too large
 * for its row and did not change. Each type has a form of its own (Debezium's documentation,
 * "Toasted values").
 */
final class Unavailable {
  private static final String TEXT = "__debezium_unavailable_value";
  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);
  private static final String UUID_TEXT = UUID.nameUUIDFromBytes(BYTES).toString();
  private static final Map<String, String> MAP = Map.of(TEXT, TEXT);
  private static final String MAP_AS_JSON = "{\"" + TEXT + "\":\"" + TEXT + "\"}";

  private Unavailable() {}

  /**
   * Whether a column's value is such a placeholder.
   *
   * @param value as a converter gives it; may be null
   */
  static boolean is(Object value) {
    if (value instanceof String text) {
      return text.equals(TEXT) || text.equals(MAP_AS_JSON);
    } else if (value instanceof List<?> list) {
      return isArray(list);
    } else if (value instanceof Map<?, ?> map) {
      return map.equals(MAP);
    }
    return isBytes(value);
  }

  private static boolean isBytes(Object value) {
    if (value instanceof ByteBuffer buffer) {
      return buffer.equals(ByteBuffer.wrap(BYTES));
    }
    return value instanceof byte[] bytes && Arrays.equals(bytes, BYTES);
  }

  /** One element that is a placeholder, or as many numbers as the placeholder has bytes. */
  private static boolean isArray(List<?> list) {
    if (list.size() == 1) {
      Object only = list.get(0);
      return TEXT.equals(only) || UUID_TEXT.equals(only) || isBytes(only);
    } else if (list.size() != BYTES.length) {
      return false;
    }
    for (int i = 0; i < BYTES.length; i++) {
      if (!(list.get(i) instanceof Number number) || number.longValue() != BYTES[i]) {
        return false;
      }
    }
    return true;
  }
}
