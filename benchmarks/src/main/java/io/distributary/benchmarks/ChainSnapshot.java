package io.distributary.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Rows per second from posting the connectors until the replica shows all rows, through the
 * quickstart's stack, against {@code sqlite3 source .dump | sqlite3 target}.
 */
final class ChainSnapshot implements Benchmark {
  private int run;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int rows = quick ? 200_000 : 1_000_000;
    try (Scratch scratch = Scratch.make();
        ChainRun chain = new ChainRun(scratch.file("stack"))) {
      return List.of(
          Ratio.inTurns(
              "chain-snapshot",
              3,
              () -> ours(scratch, chain, rows),
              () -> dump(scratch, rows),
              "rows/s",
              ""));
    }
  }

  private double ours(Scratch scratch, ChainRun chain, int rows) throws Exception {
    String name = "run" + run++;
    Path source = scratch.items(name + ".db", rows);
    Path replica = scratch.file(name + "-replica.db");
    long begin = System.nanoTime();
    chain.replicate(name, source, replica);
    while (count(replica) < rows) {
      Thread.sleep(20);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    chain.end(name);
    return rows / seconds;
  }

  private double dump(Scratch scratch, int rows) throws Exception {
    Path source = scratch.items("dump" + run + ".db", rows);
    Path target = scratch.file("dump" + run++ + "-target.db");
    long begin = System.nanoTime();
    String command = "sqlite3 '%s' .dump | sqlite3 '%s'".formatted(source, target);
    int exit = new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (exit != 0 || count(target) != rows) {
      throw new IllegalStateException("The dump failed");
    }
    return rows / seconds;
  }

  private static long count(Path file) throws SQLException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (Connection connection = Scratch.open(file);
        Statement statement = connection.createStatement()) {
      String there = "SELECT count(*) FROM sqlite_schema WHERE name = 'items'";
      return statement.executeQuery(there).getLong(1) == 0
          ? 0
          : statement.executeQuery("SELECT count(*) FROM items").getLong(1);
    }
  }
}
