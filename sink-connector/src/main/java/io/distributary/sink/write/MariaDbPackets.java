package io.distributary.sink.write;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * What fits into one statement, by the server's {@code max_allowed_packet}. A statement that is
 * found too large when its first 16 MB are on their way costs the connection, and the same again at
 * each retry: so it is not begun.
 */
final class MariaDbPackets {
  /** For the statement around the values. */
  private static final long ROOM = 16_384;

  /** No number, date or time is longer. */
  private static final long SHORT = 80;

  private final long max;
  private final long limit;

  /** Packets of at most so many bytes. */
  MariaDbPackets(long max) {
    this.max = max;
    this.limit = Math.max(max - ROOM, max / 2);
  }

  /** Why no statement can hold those values of the rows; null where one can. */
  String excess(Object[][] rows, int from, int to, int[] images) {
    return fits(rows, from, to, images, false) || fits(rows, from, to, images, true)
        ? null
        : "is larger than the server takes in one statement, "
            + max
            + " bytes (max_allowed_packet)";
  }

  private boolean fits(Object[][] rows, int from, int to, int[] images, boolean exactly) {
    long size = 0;
    for (int i = from; i < to; i++) {
      for (int image : images) {
        size += size(rows[i][image], exactly);
      }
    }
    return size <= limit;
  }

  private static long size(Object value, boolean exactly) {
    if (value instanceof String text) {
      // Three bytes a letter at most: two, where it is quoted.
      return exactly ? quoted(text.getBytes(StandardCharsets.UTF_8)) : 3L * text.length();
    } else if (value instanceof byte[] bytes) {
      return exactly ? quoted(bytes) : 2L * bytes.length;
    } else if (value instanceof ByteBuffer buffer) {
      return 2L * buffer.remaining();
    } else if (value instanceof List<?> list) {
      return list.stream().mapToLong(element -> size(element, exactly)).sum();
    } else if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .mapToLong(entry -> size(entry.getKey(), exactly) + size(entry.getValue(), exactly))
          .sum();
    } else if (value instanceof Struct struct) {
      long size = 0;
      for (Field field : struct.schema().fields()) {
        size += field.name().length() + size(struct.getWithoutDefault(field.name()), exactly);
      }
      return size;
    }
    return SHORT;
  }

  private static long quoted(byte[] bytes) {
    long size = bytes.length;
    for (byte b : bytes) {
      size += b == '\'' || b == '"' || b == '\\' || b == 0 ? 1 : 0;
    }
    return size;
  }
}
