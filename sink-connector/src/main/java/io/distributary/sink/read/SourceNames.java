package io.distributary.sink.read;

import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Which source wrote a record. */
public final class SourceNames {
  private SourceNames() {}

  /** The source's name, which is its {@code topic.prefix}; null where the record has none. */
  public static String of(SinkRecord record) {
    Object source = field(record.value(), "source");
    return field(source, "name") instanceof String name ? name : null;
  }

  private static Object field(Object block, String name) {
    if (block instanceof Struct struct) {
      return struct.schema().field(name) == null ? null : struct.get(name);
    }
    return block instanceof Map<?, ?> map ? map.get(name) : null;
  }
}
