package io.distributary.benchmarks;

import io.distributary.source.DistributarySourceTask;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Rows per second from the log to {@code SourceRecord}s, against a raw JDBC read of the same joined
 * query.
 */
final class CaptureSqlite implements Benchmark {
  private static final String JOIN =
      "SELECT l.k1, l.op, i.* FROM (SELECT k1, op, min(version) FROM distributary_log"
          + " WHERE version > ? AND \"table\" = 'items' GROUP BY k1) l"
          + " LEFT JOIN items i ON i.id = l.k1";

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int rows = quick ? 50_000 : 200_000;
    try (Scratch scratch = Scratch.make()) {
      Path file = scratch.items("source.db", rows);
      Map<String, ?> bookmark = SourceRun.install(file);
      try (Connection connection = Scratch.open(file);
          Statement statement = connection.createStatement()) {
        statement.execute("UPDATE items SET stock = stock + 1");
      }
      return List.of(
          Ratio.inTurns(
              "capture-sqlite",
              quick ? 3 : 7,
              () -> ours(file, bookmark, rows),
              () -> raw(file, bookmark, rows),
              "rows/s",
              "at least 0.6"));
    }
  }

  private static double ours(Path file, Map<String, ?> bookmark, int rows)
      throws InterruptedException {
    DistributarySourceTask task = SourceRun.start(file, bookmark);
    long seen = 0;
    long begin = System.nanoTime();
    while (seen < rows) {
      List<SourceRecord> records = task.poll();
      if (records != null) {
        for (SourceRecord record : records) {
          seen += ((Struct) record.value()).getInt32("row_count");
        }
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    task.stop();
    return rows / seconds;
  }

  private static double raw(Path file, Map<String, ?> bookmark, int rows) throws Exception {
    try (Connection connection = Scratch.open(file);
        var query = connection.prepareStatement(JOIN)) {
      long begin = System.nanoTime();
      query.setLong(1, (Long) bookmark.get("lsn"));
      long seen = 0;
      long characters = 0;
      try (ResultSet results = query.executeQuery()) {
        int columns = results.getMetaData().getColumnCount();
        while (results.next()) {
          for (int i = 1; i <= columns; i++) {
            Object value = results.getObject(i);
            characters += value instanceof String text ? text.length() : 1;
          }
          seen++;
        }
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (seen != rows || characters == 0) {
        throw new IllegalStateException("The raw read saw " + seen + " rows");
      }
      return rows / seconds;
    }
  }
}
