package io.distributary.sink;

import io.distributary.sink.write.Problem;
import io.distributary.sink.write.Targets;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** Defines settings of one group, in order. */
final class SettingGroup {
  private final ConfigDef definition;
  private final String name;
  private int order;

  SettingGroup(ConfigDef definition, String name) {
    this.definition = definition;
    this.name = name;
  }

  void url(String documentation) {
    definition.define(
        SinkSettings.URL,
        ConfigDef.Type.STRING,
        ConfigDef.NO_DEFAULT_VALUE,
        ConfigDef.LambdaValidator.with(
            (setting, value) -> {
              Problem problem = value == null ? null : Targets.checkUrl((String) value);
              if (problem != null) {
                // Without the value: a URL may hold a password.
                throw new ConfigException(setting + ": " + problem.message());
              }
            },
            () -> "a URL that a target is known for"),
        Importance.HIGH,
        documentation,
        name,
        order++,
        Width.LONG,
        "JDBC URL");
  }

  void optional(
      String key,
      ConfigDef.Type type,
      Object value,
      Width width,
      String display,
      String documentation) {
    definition.define(
        key, type, value, Importance.MEDIUM, documentation, name, order++, width, display);
  }

  void checked(
      String key,
      String value,
      ConfigDef.Validator validator,
      Width width,
      String display,
      String documentation) {
    definition.define(
        key,
        ConfigDef.Type.STRING,
        value,
        validator,
        Importance.MEDIUM,
        documentation,
        name,
        order++,
        width,
        display);
  }

  void checked(
      String key,
      ConfigDef.Type type,
      Object value,
      ConfigDef.Validator validator,
      String display,
      String documentation) {
    definition.define(
        key,
        type,
        value,
        validator,
        Importance.LOW,
        documentation,
        name,
        order++,
        Width.SHORT,
        display);
  }

  <E extends Enum<E>> void choice(
      String key, E value, Choice<E> choice, String display, String documentation) {
    definition.define(
        key,
        ConfigDef.Type.STRING,
        Choice.name(value),
        choice,
        Importance.MEDIUM,
        documentation,
        name,
        order++,
        Width.SHORT,
        display,
        choice);
  }
}
