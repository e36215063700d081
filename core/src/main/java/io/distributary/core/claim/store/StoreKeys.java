package io.distributary.core.claim.store;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Adds keys to a definition, one after the other, all with the same prefix and in one group. */
final class StoreKeys {
  private final ConfigDef definition;
  private final String prefix;
  private final String group;
  private int order;

  StoreKeys(ConfigDef definition, String prefix, String group, int firstOrder) {
    this.definition = definition;
    this.prefix = prefix;
    this.group = group;
    this.order = firstOrder;
  }

  /** A key of medium importance. */
  StoreKeys add(
      String key,
      ConfigDef.Type type,
      Object defaultValue,
      Validator validator,
      Width width,
      String displayName,
      String documentation) {
    definition.define(
        prefix + key,
        type,
        defaultValue,
        validator,
        Importance.MEDIUM,
        documentation,
        group,
        order++,
        width,
        displayName);
    return this;
  }

  /** A text of any form, empty where it is not set. */
  StoreKeys text(String key, String displayName, String documentation) {
    return add(key, ConfigDef.Type.STRING, "", null, Width.LONG, displayName, documentation);
  }
}
