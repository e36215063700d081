package io.distributary.smt;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;

/** What {@link ClaimCheckRedeem} is told. */
final class RedeemConfig {
  static final String MAX_ROWS = "max.rows";
  static final String MAX_BYTES = "max.bytes";
  private static final String GROUP = "Claim check";

  private final AbstractConfig values;

  RedeemConfig(Map<String, ?> properties) {
    values = new AbstractConfig(definition(), properties, false);
  }

  static ConfigDef definition() {
    ConfigDef definition = new ConfigDef();
    definition.define(
        MAX_ROWS,
        ConfigDef.Type.INT,
        100_000,
        Range.atLeast(1),
        Importance.HIGH,
        "The largest unit that is put back into its record, in rows. A larger one is an error: it"
            + " would have to fit into the worker's memory, several times over.",
        GROUP,
        0,
        Width.SHORT,
        "Most rows");
    definition.define(
        MAX_BYTES,
        ConfigDef.Type.INT,
        64 << 20,
        Range.atLeast(1),
        Importance.HIGH,
        "As max.rows, by size: about what the record takes as JSON without schema.",
        GROUP,
        1,
        Width.SHORT,
        "Most bytes");
    ClaimStores.define(definition, "");
    return definition;
  }

  int maxRows() {
    return values.getInt(MAX_ROWS);
  }

  int maxBytes() {
    return values.getInt(MAX_BYTES);
  }

  /** The store; not connected yet. */
  ClaimStore store() {
    return ClaimStores.open(values, "");
  }
}
