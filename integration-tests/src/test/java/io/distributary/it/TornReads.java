package io.distributary.it;

import java.nio.file.Path;
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
    reading = thread.submit(() -> look(replica, Integer.toString(rows)));
  }

  private Void look(Path replica, String rows) throws InterruptedException {
    while (running) {
      for (String row : Chain.rows(replica, VERSIONS)) {
        String[] values = row.split("\\|");
        if (!values[0].equals(rows) || !values[1].equals(values[2])) {
          seen.add(row);
        }
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return null;
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
