package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.emit.Emitter;
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
import org.apache.kafka.connect.errors.ConnectException;

/** Which capture serves which source. */
final class Captures {
  private static final String SQLITE = "jdbc:sqlite:";
  private static final String BUILT = "Built are: " + SQLITE + "FILE.";

  /** How long a locked or missing database is waited for before the task fails. */
  private static final Duration BUSY_LIMIT = Duration.ofMinutes(5);

  /**
   * What a look at a database told.
   *
   * @param connectionErrors why it cannot be captured at all; empty if it can
   * @param tableErrors why the tables that were named cannot be; empty if they can
   */
  record Check(List<String> connectionErrors, List<String> tableErrors) {}

  private Captures() {}

  /** The kind of source that a URL names, as it stands in records. */
  static String connector(SourceConfig config) {
    requireBuilt(config.connectionUrl());
    return "sqlite";
  }

  /**
   * Opens the capture that serves the configuration.
   *
   * @param bookmark what to resume after; null for a first start
   * @throws CaptureException when none does, or it cannot begin
   */
  static Capture open(SourceConfig config, Map<String, ?> bookmark) {
    requireBuilt(config.connectionUrl());
    return SqliteCapture.open(sqlite(config), bookmark);
  }

  /** Looks at the database, and changes nothing in it. */
  static Check check(SourceConfig config) {
    try {
      requireBuilt(config.connectionUrl());
      SqliteCheck check = SqliteCapture.check(sqlite(config));
      List<String> tableErrors = new ArrayList<>(check.tableErrors());
      check.absent().forEach(name -> tableErrors.add("There is no table " + name));
      requireDistinct(config, check.tables(), tableErrors);
      return new Check(check.fileErrors(), tableErrors);
    } catch (CaptureException | IllegalArgumentException e) {
      return new Check(List.of(e.getMessage()), List.of());
    }
  }

  private static void requireDistinct(
      SourceConfig config, List<String> tables, List<String> errors) {
    try {
      Emitter.requireDistinct(config.emit(null), tables);
      SignalTopic.requireOwn(config, tables);
    } catch (ConnectException e) {
      errors.add(e.getMessage());
    }
  }

  /**
   * Refuses an offset that no capture could have written.
   *
   * @throws CaptureException that says what is wrong with it
   */
  static void checkBookmark(Map<String, ?> offset) {
    SqliteCapture.checkBookmark(offset);
  }

  private static void requireBuilt(String url) {
    if (!url.startsWith(SQLITE)) {
      int end = url.indexOf(':', "jdbc:".length());
      String kind = url.startsWith("jdbc:") && end > 0 ? url.substring(0, end + 1) : "this URL";
      // The rest of a URL may hold a password.
      throw new CaptureException("There is no capture for " + kind + " " + BUILT);
    }
  }

  private static SqliteCaptureSettings sqlite(SourceConfig config) {
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
