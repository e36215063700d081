package io.distributary.it;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads a replica of {@code prices} all the time. Every transaction of its source gives all rows
 * one new version, so two versions at once, or another number of rows, are a torn unit.
 */
final class TornReads implements AutoCloseable {
  static final String VERSIONS = "SELECT count(*), min(version), max(version) FROM prices";

  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Future<?> reading;
  private volatile boolean running = true;

  /** Begins to read a replica, which must be there with so many rows. */
  TornReads(Path replica, int rows) {
    reading = thread.submit(() -> look(replica, rows));
  }

  private Void look(Path replica, int rows) throws SQLException, InterruptedException {
    try (Connection connection = Bank.open(replica);
        Statement statement = connection.createStatement()) {
      String looked = "";
      while (running) {
        String version = Bank.version(statement);
        if (!version.equals(looked)) {
          look(statement, rows);
          looked = version;
        }
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    return null;
  }

  private void look(Statement statement, int rows) throws SQLException {
    try (ResultSet row = statement.executeQuery(VERSIONS)) {
      row.next();
      if (row.getInt(1) != rows || row.getLong(2) != row.getLong(3)) {
        seen.add(row.getInt(1) + "|" + row.getLong(2) + "|" + row.getLong(3));
      }
    }
  }

  /** Ends reading, and tells what was torn, as the number of rows, least and greatest version. */
  Collection<String> seen() throws ExecutionException, InterruptedException {
    running = false;
    reading.get();
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    running = false;
    thread.shutdownNow();
  }
}
