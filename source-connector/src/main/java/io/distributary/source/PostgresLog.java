package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import io.distributary.source.postgres.PostgresCapture;
import io.distributary.source.postgres.PostgresCaptureSettings;
import io.distributary.source.postgres.PostgresCheck;
import io.distributary.source.postgres.SnapshotMode;
import io.distributary.source.postgres.Truncation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** PostgreSQL, by its own log. */
final class PostgresLog implements CaptureKind {
  /** How long a server that cannot be reached is waited for before the task fails. */
  private static final Duration TROUBLE_LIMIT = Duration.ofMinutes(5);

  /** Debezium waits that long when nothing was decoded: half of it is added to the latency. */
  private static final long LONGEST_POLL_MS = 5;

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
    return "wal";
  }

  @Override
  public String connector() {
    return "postgresql";
  }

  @Override
  public Capture open(SourceConfig config, Map<String, ?> bookmark) {
    return PostgresCapture.open(settings(config), bookmark);
  }

  @Override
  public Map<String, List<String>> check(SourceConfig config) {
    PostgresCheck check = PostgresCapture.check(settings(config));
    List<String> tableErrors = new ArrayList<>(check.tableErrors());
    Captures.requireDistinct(config, check.tables(), tableErrors);
    Map<String, List<String>> errors = new TreeMap<>();
    errors.put(SourceConfig.CONNECTION_URL, check.serverErrors());
    errors.put(SourceConfig.SLOT_NAME, check.slotErrors());
    errors.put(SourceConfig.PUBLICATION_NAME, check.publicationErrors());
    errors.put(SourceConfig.TABLE_INCLUDE_LIST, tableErrors);
    check.debeziumErrors().forEach((key, error) -> errors.put(key, List.of(key + " " + error)));
    return errors;
  }

  @Override
  public void checkBookmark(Map<String, ?> offset) {
    PostgresCapture.checkBookmark(offset);
  }

  private static PostgresCaptureSettings settings(SourceConfig config) {
    return PostgresCaptureSettings.of(
            config.topicPrefix(),
            config.connectionUrl(),
            config.connectionUser(),
            config.connectionPassword())
        .names(config.slotName(), config.publicationName())
        .tables(config.includedTables(), config.excludedTables())
        .slices(config.batchMaxRows(), config.batchMaxBytes())
        .snapshots(
            SnapshotMode.valueOf(config.snapshot().toUpperCase(Locale.ROOT)),
            config.layout() == TopicLayout.SOURCE,
            truncation(config))
        .holding(
            config.transactionMemoryBytes(),
            config.spoolDirectory().isEmpty() ? null : Path.of(config.spoolDirectory()))
        .times(
            Duration.ofMillis(Math.min(LONGEST_POLL_MS, config.pollIntervalMs())),
            Duration.ofMillis(config.heartbeatIntervalMs()),
            TROUBLE_LIMIT)
        .debezium(config.debezium());
  }

  private static Truncation truncation(SourceConfig config) {
    if (config.ordering() == Ordering.KEY) {
      return Truncation.REFUSED;
    }
    // In a topic for all tables a transaction is one unit, which no snapshot may cut.
    return config.layout() == TopicLayout.TABLE ? Truncation.SNAPSHOT : Truncation.CHANGE;
  }
}
