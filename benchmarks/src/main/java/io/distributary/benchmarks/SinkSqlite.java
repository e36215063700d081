package io.distributary.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Rows per second through the sink task's {@code put}, in units of 1000 rows, against a loop over
 * sqlite-jdbc that writes the same rows with multi-row prepared upserts in the same transactions.
 * Half of the units insert, half update.
 */
final class SinkSqlite implements Benchmark {
  private static final int UNIT = 1_000;
  private static final int ROWS_A_STATEMENT = 100;

  private final String events;
  private final String goal;

  SinkSqlite(String events, String goal) {
    this.events = events;
    this.goal = goal;
  }

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int units = quick ? 40 : 200;
    return List.of(
        Ratio.inTurns(
            "sink-sqlite-" + events,
            quick ? 3 : 7,
            () -> ours(units),
            () -> raw(units),
            "rows/s",
            goal));
  }

  private double ours(int units) throws Exception {
    ItemUnits records = new ItemUnits(events);
    List<List<SinkRecord>> puts = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      puts.add(records.unit(items(unit, units), unit / (units / 2)));
    }
    try (Scratch scratch = Scratch.make()) {
      Path file = scratch.file("target.db");
      createTable(file);
      try (SinkRun run = SinkRun.ours("jdbc:sqlite:" + file)) {
        double rate = units * UNIT / run.seconds(puts);
        check(file, units);
        return rate;
      }
    }
  }

  /** The first half of the units inserts, the second updates the same rows. */
  private static List<Object[]> items(int unit, int units) {
    int half = units / 2;
    return ItemUnits.rows((long) (unit % half) * UNIT + 1, UNIT, unit / half);
  }

  private double raw(int units) throws Exception {
    List<List<Object[]>> transactions = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      transactions.add(items(unit, units));
    }
    try (Scratch scratch = Scratch.make()) {
      Path file = scratch.file("target.db");
      createTable(file);
      double seconds;
      try (Connection connection = Scratch.open(file);
          PreparedStatement upsert = connection.prepareStatement(upsert())) {
        connection.setAutoCommit(false);
        long begin = System.nanoTime();
        for (List<Object[]> transaction : transactions) {
          write(upsert, transaction);
          connection.commit();
        }
        seconds = (System.nanoTime() - begin) / 1e9;
      }
      check(file, units);
      return units * UNIT / seconds;
    }
  }

  private static void write(PreparedStatement upsert, List<Object[]> rows) throws SQLException {
    int parameter = 1;
    for (Object[] row : rows) {
      upsert.setLong(parameter++, (Long) row[0]);
      upsert.setString(parameter++, (String) row[1]);
      upsert.setString(parameter++, (String) row[2]);
      upsert.setDouble(parameter++, (Double) row[3]);
      upsert.setLong(parameter++, (Long) row[4]);
      upsert.setString(parameter++, (String) row[5]);
      if (parameter > ROWS_A_STATEMENT * Scratch.COLUMNS) {
        upsert.executeUpdate();
        parameter = 1;
      }
    }
  }

  private static String upsert() {
    return "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)"
        + ", (?, ?, ?, ?, ?, ?)".repeat(ROWS_A_STATEMENT - 1)
        + " ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name,"
        + " price = excluded.price, stock = excluded.stock, note = excluded.note";
  }

  private static void createTable(Path file) throws SQLException {
    try (Connection connection = Scratch.open(file);
        Statement statement = connection.createStatement()) {
      statement.execute(Scratch.TABLE);
    }
  }

  private static void check(Path file, int units) throws SQLException {
    try (Connection connection = Scratch.open(file);
        Statement statement = connection.createStatement()) {
      long rows = statement.executeQuery("SELECT count(*) FROM items").getLong(1);
      if (rows != (long) units / 2 * UNIT) {
        throw new IllegalStateException("The target has " + rows + " rows");
      }
    }
  }
}
