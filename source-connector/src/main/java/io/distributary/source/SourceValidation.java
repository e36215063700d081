package io.distributary.source;

import io.distributary.source.emit.Events;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;

/**
 * What no single key's validator can tell: rules over several keys, and whether the database can be
 * captured. Each error stands on the key that must change.
 */
final class SourceValidation {
  private final Map<String, String> settings;
  private final List<ConfigValue> values;

  SourceValidation(Map<String, String> settings, List<ConfigValue> values) {
    this.settings = settings;
    this.values = values;
  }

  void run() {
    if (is(SourceConfig.ORDERING, Ordering.KEY)) {
      requireForKeys(SourceConfig.EVENTS, Events.ROW);
      requireForKeys(SourceConfig.TOPIC_LAYOUT, TopicLayout.TABLE);
    }
    if ("required".equals(lower("exactly.once.support"))
        && !"connector".equals(lower("transaction.boundary"))) {
      refuse(
          "transaction.boundary",
          "exactly.once.support=required needs 'connector', so that a Kafka transaction is a"
              + " transaction of the source");
    }
    if (values.stream().allMatch(value -> value.errorMessages().isEmpty())) {
      look();
    }
  }

  private void requireForKeys(String key, Enum<?> needed) {
    if (!is(key, needed)) {
      value(SourceConfig.ORDERING)
          .addErrorMessage(
              "ordering=key needs " + key + "=" + needed.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Puts an error on a key that is not of our own definition. */
  private void refuse(String key, String message) {
    ConfigValue value = new ConfigValue(key);
    value.value(settings.get(key));
    value.addErrorMessage(message);
    values.add(value);
  }

  private void look() {
    Captures.check(new SourceConfig(settings))
        .forEach((key, errors) -> errors.forEach(error -> add(key, error)));
  }

  private void add(String key, String error) {
    if (SourceDefinition.DEFINITION.names().contains(key)) {
      value(key).addErrorMessage(error);
    } else {
      refuse(key, error);
    }
  }

  private boolean is(String key, Enum<?> constant) {
    Object value = value(key).value();
    return value instanceof String text && text.equalsIgnoreCase(constant.name());
  }

  private String lower(String key) {
    String value = settings.get(key);
    return value == null ? "" : value.toLowerCase(Locale.ROOT);
  }

  private ConfigValue value(String key) {
    return DistributarySourceConnector.value(values, key);
  }
}
