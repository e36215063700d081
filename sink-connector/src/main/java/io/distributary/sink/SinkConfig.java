package io.distributary.sink;

import io.distributary.core.signal.SignalSettings;
import io.distributary.sink.write.CustomStatements;
import io.distributary.sink.write.Problem;
import io.distributary.sink.write.RelationHandler;
import io.distributary.sink.write.TargetSettings;
import io.distributary.sink.write.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** The sink's configuration, parsed once. */
public final class SinkConfig {
  private final Map<String, String> properties;
  private final AbstractConfig config;
  private final TargetSettings target;
  private final Settings delivery;

  /**
   * Parses a connector's or task's properties.
   *
   * @throws ConfigException for a value that is missing or not allowed
   */
  public SinkConfig(Map<String, String> properties) {
    this.properties = Map.copyOf(properties);
    config = new AbstractConfig(SinkSettings.definition(properties), properties, false);
    Password password = config.getPassword(SinkSettings.PASSWORD);
    target =
        new TargetSettings(
            properties.getOrDefault("name", "distributary-sink"),
            config.getString(SinkSettings.URL),
            config.getString(SinkSettings.USER),
            password == null ? null : password.value(),
            SinkSettings.DELETES.parse(config.getString(SinkSettings.DELETE_MODE)),
            config.getString(SinkSettings.DELETE_MARKER),
            SinkSettings.SNAPSHOTS.parse(config.getString(SinkSettings.SNAPSHOT_MODE)),
            config.getBoolean(SinkSettings.AUTO_CREATE),
            config.getBoolean(SinkSettings.AUTO_EVOLVE),
            SinkSettings.MISSING.parse(config.getString(SinkSettings.MISSING_COLUMNS)),
            SinkSettings.COMMITS.parse(config.getString(SinkSettings.SYNCHRONOUS_COMMIT)),
            TableMapping.parse(SinkSettings.MAPPING, config.getString(SinkSettings.MAPPING)),
            statements(properties),
            handlers(properties));
    delivery =
        new Settings(
            Duration.ofMillis(config.getLong(SinkSettings.UNIT_TIMEOUT)),
            config.getInt(SinkSettings.MAX_RETRIES),
            Duration.ofMillis(config.getLong(SinkSettings.RETRY_BACKOFF)),
            SinkSettings.HISTORIES.parse(config.getString(SinkSettings.WITHOUT_HISTORY)),
            SinkSettings.EXPIRIES.parse(config.getString(SinkSettings.CLAIM_EXPIRED)),
            "all".equals(properties.get("errors.tolerance")));
    if (delivery.claimExpired() == ClaimExpired.SNAPSHOT
        && !SignalSettings.configured(properties)) {
      throw new ConfigException(
          SignalSettings.BOOTSTRAP_SERVERS,
          "",
          "claim.expired=snapshot needs it, to ask for the snapshot");
    }
  }

  /** Where and how to write. */
  TargetSettings target() {
    return target;
  }

  /** How to deliver. */
  Settings delivery() {
    return delivery;
  }

  /** Where snapshots are asked for. */
  Signals signals() {
    return SignalSettings.configured(properties)
        ? new SignalTopic(SignalSettings.client(properties))
        : Signals.NONE;
  }

  /** Where rows stand that records only refer to. */
  Claims claims() {
    return new Claims(() -> StoreSettings.open(config));
  }

  private static Map<String, CustomStatements> statements(Map<String, String> properties) {
    Map<String, CustomStatements> statements = new HashMap<>();
    for (String key : properties.keySet()) {
      String table = SinkSettings.table(key, SinkSettings.STATEMENT, SinkSettings.UPSERT);
      table =
          table != null
              ? table
              : SinkSettings.table(key, SinkSettings.STATEMENT, SinkSettings.DELETE);
      if (table != null) {
        statements.put(
            table,
            new CustomStatements(
                properties.get(SinkSettings.STATEMENT + table + SinkSettings.UPSERT),
                properties.get(SinkSettings.STATEMENT + table + SinkSettings.DELETE)));
      }
    }
    return statements;
  }

  private static Map<String, RelationHandler> handlers(Map<String, String> properties) {
    Map<String, RelationHandler> handlers = new HashMap<>();
    properties.forEach(
        (key, value) -> {
          String table = SinkSettings.table(key, SinkSettings.RELATION, SinkSettings.HANDLER);
          if (table != null) {
            handlers.put(table, SinkSettings.handler(key, value));
          }
        });
    return handlers;
  }

  /** What is wrong that no single setting shows: database and claim-check store are tried. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(Targets.check(target));
    problems.addAll(StoreSettings.problems(config, properties));
    return problems;
  }
}
