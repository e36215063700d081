package io.distributary.benchmarks;

import io.distributary.it.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * From one PostgreSQL server to another with pgbench's transactions: through a real broker and
 * worker, against PostgreSQL's own logical replication. First rows per second until a replica has
 * caught up with what was committed while it was switched off; then milliseconds from a commit
 * until a reader sees it, at 100 transactions a second. While one replica follows, the other is
 * switched off.
 */
final class ChainPostgres implements Benchmark {
  private static final int A_SECOND = 100;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int transactions = quick ? 2_000 : 10_000;
    int seconds = quick ? 5 : 20;
    // Its own default, "off", holds back from decoding what is committed.
    Map<String, String> settings = Map.of("synchronous_commit", "on", "max_wal_size", "4GB");
    try (Scratch scratch = Scratch.make();
        PostgresServer here = PostgresServer.start(17, settings);
        PostgresServer there = PostgresServer.start(17, settings);
        ChainRun chain = new ChainRun(scratch.file("stack"))) {
      Pgbench source = Pgbench.filled(here.createDatabase());
      Replication reference = LogicalReplication.begin(source, there.createDatabase());
      Replication ours = chain.replicate(source, there.createDatabase());
      source.run(1);
      awaitLast(source, reference.replica());
      awaitLast(source, ours.replica());

      List<Ratio> ratios = new ArrayList<>();
      ratios.add(throughput(source, ours, reference, quick ? 1 : 3, transactions));
      double[] theirs = latencies(source, reference, seconds);
      reference.off();
      ours.on();
      awaitLast(source, ours.replica());
      double[] mine = latencies(source, ours, seconds);
      reference.on();
      awaitLast(source, reference.replica());
      requireEqual(source, ours.replica());
      requireEqual(source, reference.replica());
      ratios.add(latency("chain-postgres-p50", mine, theirs, 50));
      ratios.add(latency("chain-postgres-p99", mine, theirs, 99));
      return ratios;
    }
  }

  /** Leaves ours switched off and the reference on. */
  private static Ratio throughput(
      Pgbench source, Replication ours, Replication reference, int turns, int transactions)
      throws Exception {
    double[] mine = new double[turns];
    double[] theirs = new double[turns];
    for (int turn = -1; turn < turns; turn++) { // the first warms up
      ours.off();
      reference.off();
      source.run(transactions);
      double seconds = caughtUp(source, ours);
      double reached = caughtUp(source, reference);
      if (turn >= 0) {
        mine[turn] = transactions * Pgbench.ROWS_A_TRANSACTION / seconds;
        theirs[turn] = transactions * Pgbench.ROWS_A_TRANSACTION / reached;
      }
    }
    return new Ratio("chain-postgres", Ratio.median(mine), Ratio.median(theirs), "rows/s", "");
  }

  private static double caughtUp(Pgbench source, Replication replication) throws Exception {
    long begin = System.nanoTime();
    replication.on();
    awaitLast(source, replication.replica());
    double seconds = (System.nanoTime() - begin) / 1e9;
    replication.off();
    return seconds;
  }

  private static Ratio latency(String name, double[] ours, double[] reference, int percentile) {
    return new Ratio(name, at(ours, percentile), at(reference, percentile), "ms", "");
  }

  private static double at(double[] latencies, int percentile) {
    double[] sorted = latencies.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length * percentile / 100];
  }

  /** The latency of each transaction, the first second's left out. */
  private static double[] latencies(Pgbench source, Replication replication, int seconds)
      throws Exception {
    replication.on();
    awaitLast(source, replication.replica());
    int transactions = (seconds + 1) * A_SECOND;
    AtomicLongArray committed = new AtomicLongArray(transactions);
    double[] latencies = new double[transactions];
    long before = source.last();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Connection reader = DriverManager.getConnection(replication.replica().url())) {
      Future<?> writer = threads.submit(() -> write(source, committed));
      long deadline = System.nanoTime() + LIMIT.toNanos();
      int seen = 0;
      while (seen < transactions) {
        long now = Pgbench.last(reader) - before;
        long time = System.nanoTime();
        for (; seen < now; seen++) {
          latencies[seen] = (time - committed.get(seen)) / 1e6;
        }
        requireInTime(deadline, replication.replica());
        LockSupport.parkNanos(500_000);
      }
      writer.get();
    } finally {
      threads.shutdownNow();
    }
    replication.off();
    return Arrays.copyOfRange(latencies, A_SECOND, transactions);
  }

  private static Void write(Pgbench source, AtomicLongArray committed) throws SQLException {
    try (Connection connection = DriverManager.getConnection(source.url());
        var transaction = connection.prepareStatement("SELECT tpcb()")) {
      connection.setAutoCommit(false);
      long begin = System.nanoTime();
      for (int n = 0; n < committed.length(); n++) {
        long due = begin + n * (1_000_000_000L / A_SECOND);
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        transaction.execute();
        // Before the commit, so that a replica can never be seen to be faster.
        committed.set(n, System.nanoTime());
        connection.commit();
      }
      return null;
    }
  }

  private static void awaitLast(Pgbench source, Pgbench replica) throws Exception {
    long last = source.last();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!reached(replica, last)) {
      requireInTime(deadline, replica);
      Thread.sleep(5);
    }
  }

  private static boolean reached(Pgbench replica, long last) throws SQLException {
    try {
      return replica.last() >= last;
    } catch (SQLException e) {
      if ("42P01".equals(e.getSQLState())) {
        return false; // The table is not there yet.
      }
      throw e;
    }
  }

  private static void requireInTime(long deadline, Pgbench replica) {
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException("The replica " + replica.url() + " does not catch up");
    }
  }

  private static void requireEqual(Pgbench source, Pgbench replica) throws SQLException {
    if (!source.sums().equals(replica.sums())) {
      throw new IllegalStateException(
          "The replica " + replica.url() + " has " + replica.sums() + ", not " + source.sums());
    }
  }
}
