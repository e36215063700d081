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
final class SinkPostgres implements AutoCloseable {
  private static final int UNIT = 5_000;

  private final PostgresServer server;
  private final ServerProcessor processor;
  private final int turns;

  private SinkPostgres(boolean quick) throws SQLException {
    // What the server does on its own would fall on whoever's turn it is.
    server =
        PostgresServer.start(
            17, Map.of("wal_level", "replica", "max_wal_size", "4GB", "autovacuum", "off"));
    processor = ServerProcessor.of(server.url("postgres"));
    turns = quick ? 1 : 5;
  }

  /** A pass over all rows of a revision, into the database of that URL. */
  @FunctionalInterface
  private interface Pass {
    Cost run(String url, int units, int revision) throws Exception;
  }

  /** Into an empty table, against Debezium's JDBC sink. */
  static List<Ratio> empty(boolean quick) throws Exception {
    try (SinkPostgres sink = new SinkPostgres(quick)) {
      return sink.ratios(
          "sink-postgres-empty", units(quick), 0, sink.ours("row"), sink::peer, "at least 2");
    }
  }

  /** Over rows that are there, against Debezium's JDBC sink. */
  static List<Ratio> update(boolean quick) throws Exception {
    try (SinkPostgres sink = new SinkPostgres(quick)) {
      return sink.ratios(
          "sink-postgres-update", units(quick), 1, sink.ours("row"), sink::peer, "at least 2");
    }
  }

  /** Both, against the raw way. */
  static List<Ratio> raw(boolean quick) throws Exception {
    String name = "sink-postgres-raw";
    String goal = "at least 0.8";
    try (SinkPostgres sink = new SinkPostgres(quick)) {
      Pass ours = sink.ours("transaction");
      List<Ratio> ratios = new ArrayList<>();
      ratios.addAll(sink.ratios(name + ", empty", units(quick), 0, ours, sink::merge, goal));
      ratios.addAll(sink.ratios(name + ", update", units(quick), 1, ours, sink::merge, goal));
      return ratios;
    }
  }

  /** A snapshot into an empty table, against one COPY. */
  static List<Ratio> snapshot(boolean quick) throws Exception {
    int units = quick ? 10 : 100;
    try (SinkPostgres sink = new SinkPostgres(quick)) {
      return sink.ratios(
          "snapshot-postgres", units, 0, sink::ourSnapshot, sink::load, "at least 0.8");
    }
  }

  private static int units(boolean quick) {
    return quick ? 10 : 40;
  }

  private List<Ratio> ratios(
      String name, int units, int revision, Pass ours, Pass reference, String goal)
      throws Exception {
    return Cost.inTurns(
        name,
        turns,
        () -> turn(units, revision, ours),
        () -> turn(units, revision, reference),
        goal);
  }

  private Cost turn(int units, int revision, Pass pass) throws Exception {
    String url = server.createDatabase();
    try (RawPostgres raw = new RawPostgres(url)) {
      raw.load(revision == 0 ? List.of() : rows(units, 0));
    }
    Cost cost = pass.run(url, units, revision);
    check(url, units, revision);
    return cost;
  }

  private Pass ours(String events) {
    return (url, units, revision) -> {
      try (SinkRun run = SinkRun.ours(url)) {
        return put(run, puts(new ItemUnits(events), units, revision), units);
      }
    };
  }

  private Cost peer(String url, int units, int revision) throws Exception {
    try (DebeziumJdbcSink sink = new DebeziumJdbcSink(url, UNIT)) {
      return put(sink.run(), puts(new ItemUnits("row"), units, revision), units);
    }
  }

  private Cost merge(String url, int units, int revision) throws Exception {
    List<List<Object[]>> rows = rows(units, revision);
    try (RawPostgres raw = new RawPostgres(url)) {
      raw.createStage();
      return cost(units, () -> raw.merge(rows));
    }
  }

  private Cost ourSnapshot(String url, int units, int revision) throws Exception {
    try (SinkRun run = SinkRun.ours(url)) {
      return put(run, new ItemUnits("transaction").snapshot(units * UNIT, UNIT), units);
    }
  }

  private Cost load(String url, int units, int revision) throws Exception {
    List<List<Object[]>> rows = rows(units, revision);
    try (RawPostgres raw = new RawPostgres(url)) {
      raw.execute("DROP TABLE items");
      return cost(units, () -> raw.load(rows));
    }
  }

  private Cost put(SinkRun run, List<List<SinkRecord>> puts, int units) throws Exception {
    return cost(units, () -> run.put(puts));
  }

  private Cost cost(int units, Cost.Work work) throws Exception {
    return Cost.of(processor, (double) units * UNIT, work);
  }

  private static List<List<SinkRecord>> puts(ItemUnits records, int units, int revision) {
    return rows(units, revision).stream().map(rows -> records.unit(rows, revision)).toList();
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

  @Override
  public void close() {
    server.close();
  }
}
