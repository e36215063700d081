package io.distributary.sink;

import io.distributary.core.signal.SignalSettings;
import io.distributary.sink.write.Problem;
import io.distributary.sink.write.Targets;
import io.distributary.sink.write.WriteException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sink: any number of target relations that equal their canonical source. */
public final class DistributarySinkConnector extends SinkConnector {
  private static final Logger LOG = LoggerFactory.getLogger(DistributarySinkConnector.class);

  private Map<String, String> properties;

  @Override
  public String version() {
    return Version.get();
  }

  @Override
  public void start(Map<String, String> props) {
    new SinkConfig(props);
    properties = Map.copyOf(props);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return DistributarySinkTask.class;
  }

  /** Where a database has one writer at a time, it has one task, which reads all partitions. */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    boolean oneWriter = Targets.oneWriter(properties.get(SinkSettings.URL));
    if (oneWriter && maxTasks > 1) {
      LOG.info("One task instead of {}: the target has one writer at a time", maxTasks);
    }
    return IntStream.range(0, oneWriter ? 1 : maxTasks).mapToObj(this::taskConfig).toList();
  }

  private Map<String, String> taskConfig(int number) {
    Map<String, String> config = new HashMap<>(properties);
    config.put(DistributarySinkTask.TASK, String.valueOf(number));
    return config;
  }

  @Override
  public void stop() {
    // Nothing runs here: the tasks do the work.
  }

  @Override
  public ConfigDef config() {
    return SinkSettings.definition();
  }

  /** Checks every setting; when each is right by itself, the target is tried. */
  @Override
  public Config validate(Map<String, String> props) {
    Config config = new Config(SinkSettings.definition(props).validate(props));
    boolean sound = config.configValues().stream().allMatch(it -> it.errorMessages().isEmpty());
    if (sound) {
      for (Problem problem : problems(props)) {
        config.configValues().stream()
            .filter(value -> value.name().equals(problem.setting()))
            .findFirst()
            .ifPresentOrElse(
                value -> value.addErrorMessage(problem.message()),
                () -> url(config).addErrorMessage(problem.message()));
      }
    }
    return config;
  }

  private static List<Problem> problems(Map<String, String> props) {
    boolean snapshots = "snapshot".equals(props.get(SinkSettings.CLAIM_EXPIRED));
    if (snapshots && !SignalSettings.configured(props)) {
      return List.of(
          new Problem(
              SignalSettings.BOOTSTRAP_SERVERS,
              "claim.expired=snapshot needs it, to ask for the snapshot"));
    }
    try {
      return new SinkConfig(props).problems();
    } catch (ConfigException | WriteException e) {
      return List.of(new Problem(SinkSettings.URL, e.getMessage()));
    }
  }

  private static ConfigValue url(Config config) {
    return config.configValues().stream()
        .filter(value -> value.name().equals(SinkSettings.URL))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Rewinds the checkpoints in the target, which count: from the given offsets on, records are
   * applied again. A partition without an offset loses its checkpoint.
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
    try {
      Targets.rewind(new SinkConfig(connectorConfig).target(), offsets);
      return true;
    } catch (WriteException e) {
      throw new ConnectException("The checkpoints could not be changed: " + e.getMessage(), e);
    }
  }
}
