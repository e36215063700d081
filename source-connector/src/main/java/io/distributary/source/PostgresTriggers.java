package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import io.distributary.source.postgres.SnapshotMode;
import io.distributary.source.postgres.trigger.TriggerCapture;
import io.distributary.source.postgres.trigger.TriggerCaptureSettings;
import io.distributary.source.postgres.trigger.TriggerCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** PostgreSQL, by triggers: for servers whose own log is not to be had. */
final class PostgresTriggers implements CaptureKind {
  /** How often to look for new and altered tables while nothing is read. */
  private static final Duration CATALOGUE_INTERVAL = Duration.ofSeconds(1);

  /** How long a server that cannot be reached is waited for before the task fails. */
  private static final Duration TROUBLE_LIMIT = Duration.ofMinutes(5);

  @Override
  public String url() {
    return "jdbc:postgresql:";
  }

  @Override
  public String example() {
    return "jdbc:postgresql://HOST:PORT/DATABASE";
  }

  @Override
  public String name() {
    return "trigger";
  }

  @Override
  public String connector() {
    return "postgresql";
  }

  @Override
  public Capture open(SourceConfig config, Map<String, ?> bookmark) {
    return TriggerCapture.open(settings(config), bookmark);
  }

  @Override
  public Map<String, List<String>> check(SourceConfig config) {
    TriggerCheck check = TriggerCapture.check(settings(config));
    List<String> tableErrors = new ArrayList<>(check.tableErrors());
    check.absent().forEach(name -> tableErrors.add("There is no table " + name));
    Captures.requireDistinct(config, check.tables(), tableErrors);
    return Map.of(
        SourceConfig.CONNECTION_URL,
        check.connectionErrors(),
        SourceConfig.TRIGGER_SCHEMA,
        check.schemaErrors(),
        SourceConfig.TABLE_INCLUDE_LIST,
        tableErrors);
  }

  @Override
  public void checkBookmark(Map<String, ?> offset) {
    TriggerCapture.checkBookmark(offset);
  }

  private static TriggerCaptureSettings settings(SourceConfig config) {
    return TriggerCaptureSettings.of(
            config.connector(),
            config.connectionUrl(),
            config.connectionUser(),
            config.connectionPassword())
        .schema(config.triggerSchema())
        .tables(config.includedTables(), config.excludedTables())
        .slices(config.batchMaxRows(), config.batchMaxBytes())
        .snapshots(
            SnapshotMode.valueOf(config.snapshot().toUpperCase(Locale.ROOT)),
            // In a topic for all tables a transaction is one unit, which no snapshot may cut.
            config.ordering() == Ordering.TRANSACTION && config.layout() == TopicLayout.TABLE,
            config.layout() == TopicLayout.SOURCE)
        .times(Duration.ofMillis(config.pollIntervalMs()), CATALOGUE_INTERVAL, TROUBLE_LIMIT);
  }
}
