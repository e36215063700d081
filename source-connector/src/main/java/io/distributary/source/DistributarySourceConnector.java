package io.distributary.source;

import io.distributary.source.emit.Emitter;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Turns the committed changes of a relational database into versioned events, per table. One class
 * for every source: {@code connection.url} tells which capture serves it. A source is read by one
 * task, for its history is one.
 */
public final class DistributarySourceConnector extends SourceConnector {
  private Map<String, String> settings;

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public ConfigDef config() {
    return SourceDefinition.DEFINITION;
  }

  @Override
  public Config validate(Map<String, String> connectorSettings) {
    Config validation = super.validate(connectorSettings);
    new SourceValidation(connectorSettings, validation.configValues()).run();
    return validation;
  }

  @Override
  public void start(Map<String, String> connectorSettings) {
    settings = Map.copyOf(connectorSettings);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return DistributarySourceTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return List.of(settings);
  }

  @Override
  public void stop() {
    // Nothing runs outside of the task.
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorSettings) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(
      Map<String, String> connectorSettings) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  /**
   * Accepts offsets that a user sets: none at all, which begins with new snapshots, or one that the
   * connector has written before. What the log no longer holds is noticed at the start of the task.
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> connectorSettings, Map<Map<String, ?>, Map<String, ?>> offsets) {
    Map<String, String> own = Emitter.partition(connectorSettings.get(SourceConfig.TOPIC_PREFIX));
    offsets.forEach(
        (partition, offset) -> {
          if (!own.equals(partition)) {
            throw new ConnectException(
                "This connector's only partition is " + own + ", not " + partition);
          }
          // What was read back before the first transaction was whole means none, too.
          if (offset != null && !Emitter.isBeginning(offset)) {
            Captures.checkBookmark(
                connectorSettings.get(SourceConfig.CONNECTION_URL),
                connectorSettings.get(SourceConfig.CAPTURE),
                offset);
          }
        });
    return true;
  }

  /** The value of a key among those that a validation returns. */
  static ConfigValue value(List<ConfigValue> values, String key) {
    return values.stream().filter(value -> value.name().equals(key)).findFirst().orElseThrow();
  }
}
