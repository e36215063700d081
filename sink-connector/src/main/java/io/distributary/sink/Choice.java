package io.distributary.sink;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** A setting with a few allowed values: the names of an enum, in lower case. */
final class Choice<E extends Enum<E>> implements ConfigDef.Validator, ConfigDef.Recommender {
  private final Class<E> type;

  Choice(Class<E> type) {
    this.type = type;
  }

  /** The value's name in a configuration. */
  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** The value of that name; the validator has seen it. */
  E parse(String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }

  private List<String> names() {
    return Arrays.stream(type.getEnumConstants()).map(Choice::name).toList();
  }

  @Override
  public void ensureValid(String setting, Object value) {
    if (!names().contains(value)) {
      throw new ConfigException(setting, value, "Must be one of " + this);
    }
  }

  @Override
  public List<Object> validValues(String setting, Map<String, Object> settings) {
    return List.copyOf(names());
  }

  @Override
  public boolean visible(String setting, Map<String, Object> settings) {
    return true;
  }

  @Override
  public String toString() {
    return names().stream().collect(Collectors.joining(", "));
  }
}
