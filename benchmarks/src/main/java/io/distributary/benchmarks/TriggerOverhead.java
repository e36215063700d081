package io.distributary.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;

/** Time of 1000-row insert transactions with the capture's triggers installed, against without. */
final class TriggerOverhead implements Benchmark {
  private static final int ROWS = 1_000;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int transactions = quick ? 30 : 150;
    return List.of(
        Ratio.inTurns(
            "trigger-overhead",
            quick ? 5 : 9,
            () -> milliseconds(transactions, true),
            () -> milliseconds(transactions, false),
            "ms/tx",
            "at most 1.5"));
  }

  private static double milliseconds(int transactions, boolean captured) throws Exception {
    try (Scratch scratch = Scratch.make()) {
      Path file = scratch.file("source.db");
      try (Connection connection = Scratch.open(file);
          Statement statement = connection.createStatement()) {
        statement.execute(Scratch.TABLE);
      }
      if (captured) {
        SourceRun.install(file);
      }
      try (Connection connection = Scratch.open(file)) {
        connection.setAutoCommit(false);
        long begin = System.nanoTime();
        for (int i = 0; i < transactions; i++) {
          Scratch.insert(connection, i * ROWS + 1, ROWS);
          connection.commit();
        }
        return (System.nanoTime() - begin) / 1e6 / transactions;
      }
    }
  }
}
