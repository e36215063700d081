package io.distributary.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * From a commit in the source until a reader sees it in a replica, at 100 transactions a second of
 * ten rows each. The reference is the poll interval, below which nothing can be expected.
 */
final class ChainLatency implements Benchmark {
  private static final int A_SECOND = 100;
  private static final int ROWS = 10;
  private static final double POLL_INTERVAL_MS = 10;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int seconds = quick ? 10 : 40;
    int warmUp = 5;
    try (Scratch scratch = Scratch.make();
        ChainRun chain = new ChainRun(scratch.file("stack"))) {
      Path source = scratch.items("source.db", ROWS);
      Path replica = scratch.file("replica.db");
      chain.replicate("latency", source, replica);
      awaitFirst(replica);
      double[] latencies = latencies(source, replica, seconds + warmUp, warmUp * A_SECOND);
      Arrays.sort(latencies);
      return List.of(
          ratio("chain-latency-p50", latencies[latencies.length / 2], "under 30 ms"),
          ratio("chain-latency-p99", latencies[latencies.length * 99 / 100], "under 150 ms"));
    }
  }

  private static Ratio ratio(String name, double ours, String goal) {
    return new Ratio(name, ours, POLL_INTERVAL_MS, "ms", goal);
  }

  private static double[] latencies(Path source, Path replica, int seconds, int skip)
      throws Exception {
    int transactions = seconds * A_SECOND;
    AtomicLongArray committed = new AtomicLongArray(transactions + 1);
    double[] latencies = new double[transactions];
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> writer = threads.submit(() -> write(source, committed));
      try (Connection connection = Scratch.open(replica);
          PreparedStatement newest = connection.prepareStatement("SELECT max(id) FROM items")) {
        int seen = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds + 60L);
        while (seen < transactions) {
          int now = (max(newest) - ROWS) / ROWS;
          long time = System.nanoTime();
          for (; seen < now; seen++) {
            latencies[seen] = (time - committed.get(seen + 1)) / 1e6;
          }
          if (time > deadline) {
            throw new IllegalStateException("Only " + seen + " transactions arrived");
          }
          LockSupport.parkNanos(500_000);
        }
      }
      writer.get();
    } finally {
      threads.shutdownNow();
    }
    return Arrays.copyOfRange(latencies, skip, transactions);
  }

  /** Transaction n inserts the rows up to (n + 1) * ROWS; {@code committed} tells when. */
  private static Void write(Path source, AtomicLongArray committed) throws SQLException {
    try (Connection connection = Scratch.open(source)) {
      connection.setAutoCommit(false);
      long begin = System.nanoTime();
      for (int n = 1; n < committed.length(); n++) {
        long due = begin + n * (1_000_000_000L / A_SECOND);
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        Scratch.insert(connection, n * ROWS + 1, ROWS);
        // Before the commit, so that a replica can never be seen to be faster.
        committed.set(n, System.nanoTime());
        connection.commit();
      }
      return null;
    }
  }

  private static void awaitFirst(Path replica) throws Exception {
    for (int i = 0; i < 600; i++) {
      try (Connection connection = Scratch.open(replica);
          PreparedStatement newest = connection.prepareStatement("SELECT max(id) FROM items")) {
        if (max(newest) == ROWS) {
          return;
        }
      } catch (SQLException e) {
        // The table is not there yet.
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("No replica within a minute");
  }

  private static int max(PreparedStatement newest) throws SQLException {
    try (ResultSet row = newest.executeQuery()) {
      return row.getInt(1);
    }
  }
}
