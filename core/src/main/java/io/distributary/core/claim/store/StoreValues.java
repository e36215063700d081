package io.distributary.core.claim.store;

import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;

/** A store's configured values, by keys without the prefix. */
final class StoreValues {
  private final AbstractConfig config;
  private final String prefix;

  StoreValues(AbstractConfig config, String prefix) {
    this.config = config;
    this.prefix = prefix;
  }

  String text(String key) {
    return config.getString(prefix + key);
  }

  List<String> list(String key) {
    return config.getList(prefix + key);
  }

  int number(String key) {
    return config.getInt(prefix + key);
  }

  boolean flag(String key) {
    return config.getBoolean(prefix + key);
  }

  /** The secret itself; empty where it is not set. */
  String password(String key) {
    return config.getPassword(prefix + key).value();
  }

  /** The error that stands on a key. */
  ConfigException wrong(String key, Object value, String rule) {
    return new ConfigException(prefix + key, value, rule);
  }
}
