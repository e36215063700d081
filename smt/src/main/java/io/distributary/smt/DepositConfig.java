package io.distributary.smt;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.claim.store.ClaimStores;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;

/** What {@link ClaimCheckDeposit} is told. */
final class DepositConfig {
  private static final String THRESHOLD_ROWS = "threshold.rows";
  private static final String THRESHOLD_BYTES = "threshold.bytes";
  private static final String CHUNK_ROWS = "chunk.rows";
  private static final String CHUNK_BYTES = "chunk.bytes";
  private static final String GROUP = "Claim check";

  private final AbstractConfig values;

  DepositConfig(Map<String, ?> properties) {
    values = new AbstractConfig(definition(), properties, false);
  }

  static ConfigDef definition() {
    ConfigDef definition = new ConfigDef();
    define(
        definition,
        THRESHOLD_ROWS,
        1000,
        0,
        Importance.HIGH,
        0,
        "Threshold (rows)",
        "A unit of one part with at most so many rows, and at most threshold.bytes, stays in Kafka;"
            + " a larger one goes to the store.");
    define(
        definition,
        THRESHOLD_BYTES,
        900_000,
        0,
        Importance.HIGH,
        1,
        "Threshold (bytes)",
        "As threshold.rows, by size: about what the record takes as JSON without schema. Records of"
            + " other connectors that are larger are stored whole. Keep it under the topic's"
            + " max.message.bytes.");
    define(
        definition,
        CHUNK_ROWS,
        1000,
        1,
        Importance.MEDIUM,
        2,
        "Rows of a chunk",
        "How many rows a chunk in the store has at most.");
    define(
        definition,
        CHUNK_BYTES,
        4 << 20,
        64 << 10,
        Importance.LOW,
        3,
        "Bytes of a chunk",
        "A chunk ends before chunk.rows when it has reached about so many compressed bytes."
            + " Cassandra refuses chunks of more than half its commitlog_segment_size, 16 MiB.");
    ClaimStores.define(definition, "");
    return definition;
  }

  private static void define(
      ConfigDef definition,
      String key,
      int defaultValue,
      int least,
      Importance importance,
      int order,
      String displayName,
      String documentation) {
    definition.define(
        key,
        ConfigDef.Type.INT,
        defaultValue,
        Range.atLeast(least),
        importance,
        documentation,
        GROUP,
        order,
        Width.SHORT,
        displayName);
  }

  int thresholdRows() {
    return values.getInt(THRESHOLD_ROWS);
  }

  int thresholdBytes() {
    return values.getInt(THRESHOLD_BYTES);
  }

  ChunkLimit chunkLimit() {
    return new ChunkLimit(values.getInt(CHUNK_ROWS), values.getInt(CHUNK_BYTES));
  }

  /** The store; not connected yet. */
  ClaimStore store() {
    return ClaimStores.open(values, "");
  }
}
