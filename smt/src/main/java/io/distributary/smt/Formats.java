package io.distributary.smt;

import io.distributary.core.claim.chunk.RowFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/** The formats of the schemas that were seen last, as making one takes longer than using it. */
final class Formats {
  private static final int MOST = 100;

  private final Map<Schema, RowFormat> formats =
      new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Schema, RowFormat> eldest) {
          return size() > MOST;
        }
      };

  /** The format of that schema; of values without a schema for null. */
  RowFormat of(Schema schema) {
    return formats.computeIfAbsent(schema, RowFormat::of);
  }
}
