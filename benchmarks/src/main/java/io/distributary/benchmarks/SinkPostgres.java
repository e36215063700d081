package io.distributary.benchmarks;

import io.distributary.it.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Rows per second into PostgreSQL, in units of 5,000 rows that are a transaction each: into an
 * empty table, or over the same rows. Against Debezium's JDBC sink, which gets the same row
 * records, and against COPY and one merging statement per unit; and a snapshot against one COPY.
 */
final class SinkPostgres {
  private static final int UNIT = 5_000;

  private SinkPostgres() {}

  /** A pass over all rows; returns its seconds. */
  @FunctionalInterface
  private interface Pass {
    double seconds(String url, int units, int revision) throws Exception;
  }

  /** Into an empty table, against Debezium's JDBC sink. */
  static List<Ratio> empty(boolean quick) throws Exception {
    return List.of(
        ratio("sink-postgres-empty", quick, 0, ours("row"), SinkPostgres::peer, "at least 2"));
  }

  /** Over rows that are there, against Debezium's JDBC sink. */
  static List<Ratio> update(boolean quick) throws Exception {
    return List.of(
        ratio("sink-postgres-update", quick, 1, ours("row"), SinkPostgres::peer, "at least 2"));
  }

  /** Both, against the raw way. */
  static List<Ratio> raw(boolean quick) throws Exception {
    Pass ours = ours("transaction");
    String goal = "at least 0.8";
    return List.of(
        ratio("sink-postgres-raw, empty", quick, 0, ours, SinkPostgres::merge, goal),
        ratio("sink-postgres-raw, update", quick, 1, ours, SinkPostgres::merge, goal));
  }

  private static Ratio ratio(
      String name, boolean quick, int revision, Pass ours, Pass reference, String goal)
      throws Exception {
    int units = quick ? 10 : 40;
    try (PostgresServer server = server()) {
      return Ratio.inTurns(
          name,
          quick ? 1 : 5,
          () -> rate(server, units, revision, ours),
          () -> rate(server, units, revision, reference),
          "rows/s",
          goal);
    }
  }

  private static PostgresServer server() {
    return PostgresServer.start(17, Map.of("max_wal_size", "4GB"));
  }

  private static double rate(PostgresServer server, int units, int revision, Pass pass)
      throws Exception {
    String url = server.createDatabase();
    try (RawPostgres raw = new RawPostgres(url)) {
      raw.load(revision == 0 ? List.of() : rows(units, 0));
    }
    double rate = units * UNIT / pass.seconds(url, units, revision);
    check(url, units, revision);
    return rate;
  }

  private static Pass ours(String events) {
    return (url, units, revision) -> {
      try (SinkRun run = SinkRun.ours(url)) {
        return run.seconds(puts(new ItemUnits(events), units, revision));
      }
    };
  }

  private static double peer(String url, int units, int revision) throws Exception {
    try (DebeziumJdbcSink sink = new DebeziumJdbcSink(url, UNIT)) {
      return sink.run().seconds(puts(new ItemUnits("row"), units, revision));
    }
  }

  private static double merge(String url, int units, int revision) throws Exception {
    try (RawPostgres raw = new RawPostgres(url)) {
      return raw.merge(rows(units, revision));
    }
  }

  /** A snapshot into an empty table, against one COPY. */
  static List<Ratio> snapshot(boolean quick) throws Exception {
    int rows = quick ? 50_000 : 500_000;
    int units = rows / UNIT;
    Pass ours =
        (url, count, revision) -> {
          try (SinkRun run = SinkRun.ours(url)) {
            return run.seconds(new ItemUnits("transaction").snapshot(rows, UNIT));
          }
        };
    Pass copy =
        (url, count, revision) -> {
          try (RawPostgres raw = new RawPostgres(url)) {
            raw.execute("DROP TABLE items");
            return raw.load(rows(count, 0));
          }
        };
    try (PostgresServer server = server()) {
      return List.of(
          Ratio.inTurns(
              "snapshot-postgres",
              quick ? 1 : 5,
              () -> rate(server, units, 0, ours),
              () -> rate(server, units, 0, copy),
              "rows/s",
              "at least 0.8"));
    }
  }

  private static List<List<SinkRecord>> puts(ItemUnits records, int units, int revision) {
    return rows(units, revision).stream().map(records::update).toList();
  }

  private static List<List<Object[]>> rows(int units, int revision) {
    List<List<Object[]>> rows = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      rows.add(ItemUnits.rows((long) unit * UNIT + 1, UNIT, revision));
    }
    return rows;
  }

  private static void check(String url, int units, int revision) throws SQLException {
    Object[] last = Scratch.item((long) units * UNIT, revision);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), (SELECT stock FROM items WHERE id = "
                    + last[0]
                    + ") FROM items")) {
      row.next();
      if (row.getLong(1) != (long) units * UNIT || row.getLong(2) != (Long) last[4]) {
        throw new IllegalStateException(
            "The target has " + row.getLong(1) + " rows, the last with " + row.getLong(2));
      }
    }
  }
}
