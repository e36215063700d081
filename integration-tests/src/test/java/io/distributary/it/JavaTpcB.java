package io.distributary.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** The tables and transactions of pgbench's built-in script (its documentation, "tpcb-like"). */
record JavaTpcB(String url) implements TpcB {
  private static final int TELLERS = 10;
  private static final int ACCOUNTS = 100_000;
  private static final int MOST = 5_000;

  @Override
  public Duration length() {
    return Duration.ofSeconds(15);
  }

  @Override
  public void create() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "CREATE TABLE pgbench_branches"
                  + " (bid int PRIMARY KEY, bbalance int, filler char(88))",
              "CREATE TABLE pgbench_tellers"
                  + " (tid int PRIMARY KEY, bid int, tbalance int, filler char(84))",
              "CREATE TABLE pgbench_accounts"
                  + " (aid int PRIMARY KEY, bid int, abalance int, filler char(84))",
              "CREATE TABLE pgbench_history"
                  + " (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
              "INSERT INTO pgbench_branches VALUES (1, 0)",
              "INSERT INTO pgbench_tellers SELECT n, 1, 0 FROM generate_series(1, %d) n"
                  .formatted(TELLERS),
              "INSERT INTO pgbench_accounts SELECT n, 1, 0, '' FROM generate_series(1, %d) n"
                  .formatted(ACCOUNTS))) {
        statement.execute(sql);
      }
    }
  }

  @Override
  public long run() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(i);
        running.add(clients.submit(() -> transactions(random)));
      }
      long committed = 0;
      for (Future<Long> client : running) {
        committed += client.get();
      }
      return committed;
    } finally {
      clients.shutdownNow();
    }
  }

  private long transactions(Random random) throws SQLException {
    long period = Duration.ofSeconds(CLIENTS).toNanos() / RATE;
    long start = System.nanoTime();
    long count = 0;
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement account =
            connection.prepareStatement(
                "UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?");
        PreparedStatement teller =
            connection.prepareStatement(
                "UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?");
        PreparedStatement branch =
            connection.prepareStatement(
                "UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?");
        PreparedStatement history =
            connection.prepareStatement(
                "INSERT INTO pgbench_history (delta, aid, tid, bid, mtime)"
                    + " VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)")) {
      connection.setAutoCommit(false);
      while (System.nanoTime() - start < length().toNanos()) {
        int delta = random.nextInt(2 * MOST + 1) - MOST;
        int aid = 1 + random.nextInt(ACCOUNTS);
        int tid = 1 + random.nextInt(TELLERS);
        execute(account, delta, aid);
        execute(teller, delta, tid);
        execute(branch, delta, 1);
        execute(history, delta, aid, tid, 1);
        connection.commit();
        count++;
        LockSupport.parkNanos(start + count * period - System.nanoTime());
      }
    }
    return count;
  }

  private static void execute(PreparedStatement statement, int... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setInt(i + 1, values[i]);
    }
    statement.executeUpdate();
  }
}
