package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import io.distributary.source.sqlite.SnapshotMode;
import io.distributary.source.sqlite.SqliteCapture;
import io.distributary.source.sqlite.SqliteCaptureSettings;
import io.distributary.source.sqlite.SqliteCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** SQLite, by triggers. */
final class SqliteTriggers implements CaptureKind {
  /** How long a locked or missing database is waited for before the task fails. */
  private static final Duration BUSY_LIMIT = Duration.ofMinutes(5);

  @Override
  public String url() {
    return "jdbc:sqlite:";
  }

  @Override
  public String example() {
    return "jdbc:sqlite:FILE";
  }

  @Override
  public String name() {
    return "trigger";
  }

  @Override
  public String connector() {
    return "sqlite";
  }

  @Override
  public Capture open(SourceConfig config, Map<String, ?> bookmark) {
    return SqliteCapture.open(settings(config), bookmark);
  }

  @Override
  public Map<String, List<String>> check(SourceConfig config) {
    SqliteCheck check = SqliteCapture.check(settings(config));
    List<String> tableErrors = new ArrayList<>(check.tableErrors());
    check.absent().forEach(name -> tableErrors.add("There is no table " + name));
    Captures.requireDistinct(config, check.tables(), tableErrors);
    return Map.of(
        SourceConfig.CONNECTION_URL,
        check.fileErrors(),
        SourceConfig.TABLE_INCLUDE_LIST,
        tableErrors);
  }

  @Override
  public void checkBookmark(Map<String, ?> offset) {
    SqliteCapture.checkBookmark(offset);
  }

  private static SqliteCaptureSettings settings(SourceConfig config) {
    return SqliteCaptureSettings.of(SqliteCaptureSettings.file(config.connectionUrl()))
        .ownedBy(config.connector())
        .tables(config.includedTables(), config.excludedTables())
        .slices(config.batchMaxRows(), config.batchMaxBytes())
        .snapshots(
            SnapshotMode.valueOf(config.snapshot().toUpperCase(Locale.ROOT)),
            // In a topic for all tables a transaction is one unit, which no snapshot may cut.
            config.ordering() == Ordering.TRANSACTION && config.layout() == TopicLayout.TABLE,
            config.layout() == TopicLayout.SOURCE)
        .times(Duration.ofMillis(config.pollIntervalMs()), BUSY_LIMIT);
  }
}
