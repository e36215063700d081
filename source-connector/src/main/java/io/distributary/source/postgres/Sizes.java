package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;

/** About how much room changes take. */
final class Sizes {
  /** What a row costs beside its values, roughly. */
  private static final int ROW = 16;

  private Sizes() {}

  /** The bytes of a change's values in a record, roughly. */
  static long of(Change change) {
    return ROW + of(change.before()) + of(change.after());
  }

  private static long of(Object[] image) {
    long size = 0;
    for (int i = 0; image != null && i < image.length; i++) {
      size += of(image[i]);
    }
    return size;
  }

  private static long of(Object value) {
    if (value instanceof String text) {
      return text.length();
    } else if (value instanceof byte[] bytes) {
      return bytes.length;
    } else if (value instanceof ByteBuffer bytes) {
      return bytes.remaining();
    } else if (value instanceof BigDecimal number) {
      return number.precision() / 2L + Long.BYTES;
    } else if (value instanceof Collection<?> values) {
      return Long.BYTES + values.stream().mapToLong(Sizes::of).sum();
    } else if (value instanceof Map<?, ?> map) {
      return of(map.keySet()) + of(map.values());
    } else if (value instanceof Struct struct) {
      return struct.schema().fields().stream().mapToLong(field -> of(struct.get(field))).sum();
    }
    return Long.BYTES;
  }

  /** The bytes that a change takes in memory, roughly: objects have headers. */
  static long inMemory(Change change) {
    int values =
        (change.before() == null ? 0 : change.before().length)
            + (change.after() == null ? 0 : change.after().length);
    return 96 + 32L * values + 2 * of(change);
  }
}
